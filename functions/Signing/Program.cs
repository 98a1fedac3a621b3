using Souk.Signing;
using Souk.Platform.Hosting;

return await FunctionHost.RunAsync<SigningFunction>(args);

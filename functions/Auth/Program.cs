using Souk.Auth;
using Souk.Platform.Hosting;

return await FunctionHost.RunAsync<AuthFunction>(args);

using Souk.Jobs;
using Souk.Platform.Hosting;

return await FunctionHost.RunAsync<JobsFunction>(args);

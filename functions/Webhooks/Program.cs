using Souk.Webhooks;
using Souk.Platform.Hosting;

return await FunctionHost.RunAsync<WebhooksFunction>(args);

using Souk.Marketplace;
using Souk.Platform.Hosting;

return await FunctionHost.RunAsync<MarketplaceFunction>(args);

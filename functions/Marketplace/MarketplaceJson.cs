using System.Text.Json;
using System.Text.Json.Serialization;
using Souk.Domain.Events;

namespace Souk.Marketplace;

/// <summary>What this room reads and writes as JSON.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RegisterCollection.Request), TypeInfoPropertyName = "RegisterCollectionRequest")]
[JsonSerializable(typeof(CollectionView))]
[JsonSerializable(typeof(ListCollections.Response), TypeInfoPropertyName = "ListCollectionsResponse")]
[JsonSerializable(typeof(PrepareListing.Request), TypeInfoPropertyName = "PrepareListingRequest")]
[JsonSerializable(typeof(PrepareListing.Response), TypeInfoPropertyName = "PrepareListingResponse")]
[JsonSerializable(typeof(SubmitListing.Request), TypeInfoPropertyName = "SubmitListingRequest")]
[JsonSerializable(typeof(ListingView))]
[JsonSerializable(typeof(SearchListings.Response), TypeInfoPropertyName = "SearchListingsResponse")]
[JsonSerializable(typeof(CancelListing.Request), TypeInfoPropertyName = "CancelListingRequest")]
[JsonSerializable(typeof(ConfirmListing.Request), TypeInfoPropertyName = "ConfirmListingRequest")]
[JsonSerializable(typeof(OpenPurchase.Request), TypeInfoPropertyName = "OpenPurchaseRequest")]
[JsonSerializable(typeof(OpenPurchase.Opened), TypeInfoPropertyName = "OpenPurchaseOpened")]
[JsonSerializable(typeof(ReportTransaction.Request), TypeInfoPropertyName = "ReportTransactionRequest")]
[JsonSerializable(typeof(PurchaseView))]
[JsonSerializable(typeof(WalletStep))]
[JsonSerializable(typeof(GetToken.Response), TypeInfoPropertyName = "GetTokenResponse")]
[JsonSerializable(typeof(ListActivity.Response), TypeInfoPropertyName = "ListActivityResponse")]
[JsonSerializable(typeof(ListChains.Response), TypeInfoPropertyName = "ListChainsResponse")]
[JsonSerializable(typeof(ListHooks.Response), TypeInfoPropertyName = "ListHooksResponse")]
[JsonSerializable(typeof(ResumeChain.Request), TypeInfoPropertyName = "ResumeChainRequest")]
[JsonSerializable(typeof(ResumeChain.Response), TypeInfoPropertyName = "ResumeChainResponse")]
[JsonSerializable(typeof(ResyncChain.Request), TypeInfoPropertyName = "ResyncChainRequest")]
[JsonSerializable(typeof(ResyncView))]
[JsonSerializable(typeof(IReadOnlyList<RebuiltTable>))]
[JsonSerializable(typeof(ChainHint))]
[JsonSerializable(typeof(CollectionRegistered))]
[JsonSerializable(typeof(WalletChanged))]
[JsonSerializable(typeof(SaleFact))]
[JsonSerializable(typeof(ListingFact))]
internal sealed partial class MarketplaceJson : JsonSerializerContext;

/// <summary>Data of the events about a listing.</summary>
/// <param name="ListingId">Which listing.</param>
/// <param name="Status">Where it stands now.</param>
internal sealed record ListingFact(Guid ListingId, string Status);

/// <summary>Data of the events about a purchase.</summary>
/// <param name="PurchaseId">Which purchase.</param>
/// <param name="ListingId">Of which listing.</param>
/// <param name="Status">Where it stands now.</param>
internal sealed record SaleFact(Guid PurchaseId, Guid ListingId, string Status);

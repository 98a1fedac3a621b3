using Souk.Domain.Chain;

namespace Souk.Domain.Events;

/// <summary>Data of <c>souk.collection.registered.v1</c>: this token contract is served from now on.</summary>
/// <param name="ChainId">Its chain.</param>
/// <param name="Contract">Its address.</param>
public sealed record CollectionRegistered(ChainId ChainId, Address Contract);

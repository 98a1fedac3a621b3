using Souk.Domain.Chain;

namespace Souk.Domain.Events;

/// <summary>Data of <c>souk.chain.hinted.v1</c>: look at this chain, up to at least this block.</summary>
/// <param name="ChainId">Which chain.</param>
/// <param name="BlockNumber">The highest block the provider spoke of; null when it named none.</param>
public sealed record ChainHint(ChainId ChainId, ulong? BlockNumber);

using System.Security.Cryptography;
using Souk.Domain.Chain;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>What one webhook is to watch.</summary>
/// <param name="Items">At most as much as a webhook can watch.</param>
/// <param name="Digest">SHA-256 of it, in its order.</param>
/// <param name="IsCut">Whether more is left out.</param>
internal sealed record HookWish(IReadOnlyList<Watched> Items, byte[] Digest, bool IsCut)
{
    internal static HookWish Of(IEnumerable<Address> addresses)
    {
        Watched[] items = [.. addresses.Select(address => new Watched(address))];
        bool isCut = items.Length > NotifyClient.WatchedMax;
        items = isCut ? items[..NotifyClient.WatchedMax] : items;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Watched item in items)
            hash.AppendData(item.Address.ToArray());
        return new HookWish(items, hash.GetHashAndReset(), isCut);
    }
}

/// <summary>What all webhooks are to watch, as the database has it at one time.</summary>
/// <remarks>
/// A collection is watched from its registration on, before its past is read: a hint costs a look, a missing one
/// costs minutes. A wallet is watched on every chain.
/// </remarks>
internal sealed class HookWishes
{
    private readonly HookWish _wallets;
    private readonly Dictionary<ChainId, HookWish> _collections;

    private HookWishes(HookWish wallets, Dictionary<ChainId, HookWish> collections) =>
        (_wallets, _collections) = (wallets, collections);

    internal static async Task<HookWishes> ReadAsync(
        Transaction transaction, ChainRegistry chains, CancellationToken cancellationToken)
    {
        List<Address> wallets = await WatchedWalletTable.ListAsync(
            transaction, NotifyClient.WatchedMax + 1, cancellationToken);
        List<Collection> collections = await CollectionTable.ListAsync(transaction, chain: null, cancellationToken);
        ILookup<ChainId, Address> byChain = collections.ToLookup(row => row.ChainId, row => row.Contract);
        return new HookWishes(
            HookWish.Of(wallets), chains.All.ToDictionary(chain => chain.Id, chain => HookWish.Of(byChain[chain.Id])));
    }

    /// <summary>What a webhook is to watch; null when its list is not ours to keep.</summary>
    internal HookWish? For(ChainSettings chain, HookSettings hook) => hook.Purpose switch
    {
        HookPurpose.Collections => _collections[chain.Id],
        HookPurpose.Wallets => _wallets,
        _ => null,
    };

    internal bool IsSame(HookWishes other) => IsSame(_wallets, other._wallets)
        && _collections.All(one => IsSame(one.Value, other._collections[one.Key]));

    private static bool IsSame(HookWish one, HookWish other) => one.Digest.AsSpan().SequenceEqual(other.Digest);
}

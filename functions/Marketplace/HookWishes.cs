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
/// costs minutes. A wallet is watched on every chain. Webhooks of one chain and purpose share what there is by the
/// last octet of the address, so that more can be watched than one of them takes or one run compares.
/// </remarks>
internal sealed class HookWishes
{
    private readonly Dictionary<string, HookWish> _byHook = new(StringComparer.Ordinal);

    private HookWishes()
    {
    }

    internal static async Task<HookWishes> ReadAsync(
        Transaction transaction, ChainRegistry chains, CancellationToken cancellationToken)
    {
        int countMax = 1 + (NotifyClient.WatchedMax * chains.All.Max(chain => Of(chain, HookPurpose.Wallets).Length));
        List<Address> wallets = await WatchedWalletTable.ListAsync(transaction, countMax, cancellationToken);
        List<Collection> collections = await CollectionTable.ListAsync(transaction, chain: null, cancellationToken);
        HookWishes wishes = new();
        foreach (ChainSettings chain in chains.All)
        {
            wishes.Share(Of(chain, HookPurpose.Wallets), wallets);
            wishes.Share(
                Of(chain, HookPurpose.Collections),
                collections.Where(row => row.ChainId == chain.Id).Select(row => row.Contract));
        }

        return wishes;
    }

    /// <summary>What a webhook is to watch; null when its list is not ours to keep.</summary>
    internal HookWish? For(HookSettings hook) => _byHook.GetValueOrDefault(hook.Name);

    internal bool IsSame(HookWishes other) =>
        _byHook.All(one => one.Value.Digest.AsSpan().SequenceEqual(other._byHook[one.Key].Digest));

    private static HookSettings[] Of(ChainSettings chain, HookPurpose purpose) =>
        [.. chain.Hooks.Where(hook => hook.Purpose == purpose)];

    private void Share(HookSettings[] hooks, IEnumerable<Address> addresses)
    {
        if (hooks.Length == 0)
            return;
        ILookup<int, Address> shares = addresses.ToLookup(address => address.ToArray()[^1] % hooks.Length);
        foreach ((int index, HookSettings hook) in hooks.Index())
            _byHook[hook.Name] = HookWish.Of(shares[index]);
    }
}

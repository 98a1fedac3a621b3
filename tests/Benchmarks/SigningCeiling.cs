using System.Diagnostics;
using System.Security.Cryptography;
using Souk.Domain.Chain;
using Souk.Local.Servers;

namespace Souk.Benchmarks;

/// <summary>The node's own limit: transactions signed before, sent one after the other for each account.</summary>
/// <remarks>The same payment as Signing's, to the same node with the same blocks; nobody keeps books of it.</remarks>
internal static class SigningCeiling
{
    private static readonly Address Recipient = Address.Parse("0x00000000000000000000000000000000000000b1");
    private static readonly Wei Balance = Wei.Parse("100000000000000000000");
    private static readonly Wei Fee = Wei.FromUlong(100_000_000_000);
    private static readonly Wei Tip = Wei.FromUlong(1_000_000_000);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>What the node took a second, and mined a second from the first send on.</summary>
    internal static async Task<(double Sent, double Mined)> MeasureAsync(
        EvmNode node, int accounts, int transactions, CancellationToken cancellationToken)
    {
        PrivateKey[] keys =
            [.. Enumerable.Range(0, accounts).Select(_ => new PrivateKey(RandomNumberGenerator.GetBytes(32)))];
        foreach (PrivateKey key in keys) await node.SetBalanceAsync(key.Address, Balance, cancellationToken);
        int each = transactions / accounts;
        string[][] raw =
        [
            .. keys.Select(key => Enumerable.Range(0, each).AsParallel().AsOrdered()
                .Select(nonce => Sign(key, node.ChainId, (ulong)nonce)).ToArray()),
        ];

        long startedAt = Stopwatch.GetTimestamp();
        await Task.WhenAll(raw.Select(of => Task.Run(() => SendAsync(node, of, cancellationToken), cancellationToken)));
        double sentIn = Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
        using PeriodicTimer timer = new(Look);
        foreach (PrivateKey key in keys)
        {
            while (await CountAsync(node, key.Address, cancellationToken) < each)
                await timer.WaitForNextTickAsync(cancellationToken);
        }

        double minedIn = Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
        return (each * accounts / sentIn, each * accounts / minedIn);
    }

    private static string Sign(PrivateKey key, ChainId chain, ulong nonce)
    {
        Eip1559Transaction payment = new(
            chain, nonce, Tip, Fee, 26_250, Recipient, Wei.FromUlong(1), ReadOnlyMemory<byte>.Empty);
        return Hex.Encode(payment.Encode(key.Sign(payment.SigningHash())));
    }

    private static async Task SendAsync(EvmNode node, string[] raw, CancellationToken cancellationToken)
    {
        using RpcConnection connection = new(node.RpcUrl);
        foreach (string octets in raw)
            await connection.SendAsync("eth_sendRawTransaction", [octets], cancellationToken);
    }

    private static async Task<int> CountAsync(EvmNode node, Address account, CancellationToken cancellationToken) =>
        (int)RpcConnection.ReadQuantity(await node.Rpc.SendAsync(
            "eth_getTransactionCount", [account.ToString(), "latest"], cancellationToken));
}

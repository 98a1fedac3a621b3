using System.Diagnostics;
using System.Globalization;
using Souk.Domain.Chain;
using Souk.Domain.Orders;
using Souk.Webhooks;

namespace Souk.Benchmarks;

/// <summary>What the hot paths of pure code cost: the median of 11 tenths of a second, one thread.</summary>
internal static class HotPaths
{
    private const int Rounds = 11;
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Keys = ["whsec_test"];
    private static readonly string Forged = new('0', 64);

    internal static void Run()
    {
        byte[] small = new byte[32];
        byte[] large = new byte[1024];
        PrivateKey key = new(Enumerable.Repeat((byte)0x11, PrivateKey.Length).ToArray());
        string address = key.Address.ToString();
        OrderComponents order = Order(key.Address);
        SeaportDomain domain = new(new ChainId(1), SeaportDomain.CanonicalSeaport);
        byte[] signature = key.Sign(domain.Digest(order)).ToArray();

        Console.WriteLine("| operation | microseconds |");
        Console.WriteLine("|---|---|");
        Time("Keccak-256 of 32 bytes", () => Keccak256.Hash(small));
        Time("Keccak-256 of 1 KiB", () => Keccak256.Hash(large));
        Time("parse an address with its EIP-55 checksum", () => Address.Parse(address));
        Time("hash an order (EIP-712) and its digest", () => domain.Digest(order));
        Time("verify an order's signature", () => OrderSignature.Verify(order, domain, signature, out _));
        Time("verify a webhook of 1 KiB (HMAC-SHA256)", () => AlchemyDelivery.IsSigned(large, Forged, Keys));
    }

    private static void Time<T>(string operation, Func<T> run)
    {
        run();
        double[] rounds = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            long startedAt = Stopwatch.GetTimestamp();
            int count = 0;
            while (Stopwatch.GetElapsedTime(startedAt) < Round)
            {
                run();
                count++;
            }

            rounds[round] = Stopwatch.GetElapsedTime(startedAt).TotalMicroseconds / count;
        }

        Array.Sort(rounds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {operation} | {rounds[Rounds / 2]:0.0} |"));
    }

    private static OrderComponents Order(Address seller) => new()
    {
        Offerer = seller,
        Zone = seller,
        Offer = [new OfferItem(ItemType.Erc721, seller, 42, 1, 1)],
        Consideration =
        [
            ConsiderationItem.Native(Wei.FromUlong(925), seller),
            ConsiderationItem.Native(Wei.FromUlong(25), seller),
            ConsiderationItem.Native(Wei.FromUlong(50), seller),
        ],
        OrderType = OrderType.FullRestricted,
        StartTime = 1_700_000_000,
        EndTime = 4_102_444_800,
        ZoneHash = Bytes32.Zero,
        Salt = 12_345,
        ConduitKey = Bytes32.Zero,
        Counter = UInt256.Zero,
    };
}

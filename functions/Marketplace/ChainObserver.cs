using System.Collections.Concurrent;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Listings;
using Souk.Domain.Orders;
using Souk.Domain.Tokens;
using Souk.Platform.Alchemy;

namespace Souk.Marketplace;

/// <summary>Asks a chain for the facts a listing rests on, all in the state of one block.</summary>
internal sealed class ChainObserver(AlchemyClients clients)
{
    private readonly ConcurrentDictionary<ChainId, Address> _operators = new();

    /// <summary>What the chain says about a seller, their token and its royalty.</summary>
    /// <param name="token">The token.</param>
    /// <param name="standard">Its standard.</param>
    /// <param name="seller">Who would sell it.</param>
    /// <param name="price">For how much, in wei; the royalty is asked for this price.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal async Task<ChainFacts> ObserveAsync(
        TokenReference token, TokenStandard standard, Address seller, Wei price, CancellationToken cancellationToken)
    {
        AlchemyClient client = clients.For(token.ChainId);
        BlockHeader head = await client.GetBlockAsync(BlockReference.Latest, cancellationToken)
            ?? throw new FailureException(FailureCode.UpstreamUnavailable, "The chain's node has no block.");
        BlockReference block = BlockReference.At(head.Hash);
        Address mover = await GetOperatorAsync(client, cancellationToken);

        Task<UInt256> balance = ReadBalanceAsync(client, token, standard, seller, block, cancellationToken);
        Task<bool> isApproved = ReadApprovalAsync(client, token, standard, seller, mover, block, cancellationToken);
        Task<UInt256> counter = ReadCounterAsync(client, seller, block, cancellationToken);
        Task<Royalty> royalty = ReadRoyaltyAsync(client, token, price, block, cancellationToken);
        await Task.WhenAll(balance, isApproved, counter, royalty);
        return new ChainFacts(
            (ulong)head.Number,
            head.Hash,
            head.Timestamp,
            await balance,
            await isApproved,
            await counter,
            await royalty);
    }

    /// <summary>Whether an order was cancelled or filled on its chain before it came here.</summary>
    internal async Task<bool> IsSpentAsync(OrderHash order, ChainId chain, CancellationToken cancellationToken)
    {
        AlchemyClient client = clients.For(chain);
        byte[] answer = await CallAsync(
            client, client.Chain.Seaport, SeaportCalls.GetOrderStatus(order), BlockReference.Latest, cancellationToken);
        return SeaportCalls.TryReadOrderStatus(answer, out OrderChainStatus status)
            ? status.IsCancelled || !status.TotalFilled.IsZero
            : throw new FailureException(FailureCode.UpstreamUnavailable, "Seaport did not answer on this chain.");
    }

    /// <summary>Which standard a contract says it speaks (ERC-165); null for neither.</summary>
    internal async Task<TokenStandard?> ReadStandardAsync(
        ChainId chain, Address contract, CancellationToken cancellationToken)
    {
        AlchemyClient client = clients.For(chain);
        if (await SupportsAsync(client, contract, TokenCalls.Erc721Interface, cancellationToken))
            return TokenStandard.Erc721;
        return await SupportsAsync(client, contract, TokenCalls.Erc1155Interface, cancellationToken)
            ? TokenStandard.Erc1155
            : null;
    }

    /// <summary>Whether the seller signed: by key, or by the seller's contract (EIP-1271).</summary>
    internal async Task<bool> IsSignedAsync(
        OrderComponents order, ChainId chain, byte[] signature, CancellationToken cancellationToken)
    {
        AlchemyClient client = clients.For(chain);
        SeaportDomain domain = new(chain, client.Chain.Seaport);
        if (OrderSignature.Verify(order, domain, signature, out _))
            return true;
        byte[] code = await client.GetCodeAsync(order.Offerer, BlockReference.Latest, cancellationToken);
        if (code.Length == 0)
            return false;
        byte[] answer = await CallAsync(
            client, order.Offerer, ContractSignature.Call(order, domain, signature), BlockReference.Latest,
            cancellationToken);
        return ContractSignature.IsYes(answer);
    }

    /// <summary>Who moves sellers' tokens on a chain: Seaport itself, or the conduit that the settings name.</summary>
    internal async ValueTask<Address> GetOperatorAsync(AlchemyClient client, CancellationToken cancellationToken)
    {
        ChainSettings chain = client.Chain;
        if (chain.ConduitKey == Bytes32.Zero)
            return chain.Seaport;
        if (_operators.TryGetValue(chain.Id, out Address known))
            return known;
        byte[] answer = await CallAsync(
            client, chain.ConduitController, SeaportCalls.GetConduit(chain.ConduitKey), BlockReference.Latest,
            cancellationToken);
        if (!SeaportCalls.TryReadConduit(answer, out Address conduit, out bool exists) || !exists)
            throw new FailureException(FailureCode.UpstreamUnavailable, "The chain's conduit is not deployed.");
        _operators[chain.Id] = conduit;
        return conduit;
    }

    private static async Task<UInt256> ReadBalanceAsync(
        AlchemyClient client,
        TokenReference token,
        TokenStandard standard,
        Address seller,
        BlockReference block,
        CancellationToken cancellationToken)
    {
        if (standard == TokenStandard.Erc1155)
        {
            byte[] units = await CallAsync(
                client, token.Contract, TokenCalls.BalanceOf(seller, token.TokenId), block, cancellationToken);
            return TokenCalls.TryReadNumber(units, out UInt256 quantity) ? quantity : UInt256.Zero;
        }

        byte[] answer = await CallAsync(
            client, token.Contract, TokenCalls.OwnerOf(token.TokenId), block, cancellationToken);
        bool isOwner = TokenCalls.TryReadAddress(answer, out Address owner) && owner == seller;
        return isOwner ? UInt256.One : UInt256.Zero;
    }

    private static async Task<bool> ReadApprovalAsync(
        AlchemyClient client,
        TokenReference token,
        TokenStandard standard,
        Address seller,
        Address mover,
        BlockReference block,
        CancellationToken cancellationToken)
    {
        byte[] forAll = await CallAsync(
            client, token.Contract, TokenCalls.IsApprovedForAll(seller, mover), block, cancellationToken);
        if (TokenCalls.TryReadBool(forAll, out bool isApproved) && isApproved)
            return true;
        if (standard != TokenStandard.Erc721)
            return false;
        byte[] forOne = await CallAsync(
            client, token.Contract, TokenCalls.GetApproved(token.TokenId), block, cancellationToken);
        return TokenCalls.TryReadAddress(forOne, out Address approved) && approved == mover;
    }

    private static async Task<UInt256> ReadCounterAsync(
        AlchemyClient client, Address seller, BlockReference block, CancellationToken cancellationToken)
    {
        byte[] answer = await CallAsync(
            client, client.Chain.Seaport, SeaportCalls.GetCounter(seller), block, cancellationToken);
        return SeaportCalls.TryReadNumber(answer, out UInt256 counter)
            ? counter
            : throw new FailureException(FailureCode.UpstreamUnavailable, "Seaport did not answer on this chain.");
    }

    private static async Task<Royalty> ReadRoyaltyAsync(
        AlchemyClient client,
        TokenReference token,
        Wei price,
        BlockReference block,
        CancellationToken cancellationToken)
    {
        byte[] supports = await CallAsync(
            client,
            token.Contract,
            TokenCalls.SupportsInterface(TokenCalls.RoyaltyInterface),
            block,
            cancellationToken);
        if (!TokenCalls.TryReadBool(supports, out bool isRoyal) || !isRoyal)
            return Royalty.None;
        byte[] answer = await CallAsync(
            client, token.Contract, TokenCalls.RoyaltyInfo(token.TokenId, price), block, cancellationToken);
        return TokenCalls.TryReadRoyalty(answer, out Royalty royalty) ? royalty : Royalty.None;
    }

    private static async Task<bool> SupportsAsync(
        AlchemyClient client, Address contract, uint interfaceId, CancellationToken cancellationToken)
    {
        byte[] answer = await CallAsync(
            client, contract, TokenCalls.SupportsInterface(interfaceId), BlockReference.Latest, cancellationToken);
        return TokenCalls.TryReadBool(answer, out bool supports) && supports;
    }

    /// <summary>A contract that reverts says nothing: its answer is empty, which no reader takes for a yes.</summary>
    private static async Task<byte[]> CallAsync(
        AlchemyClient client, Address to, byte[] data, BlockReference block, CancellationToken cancellationToken)
    {
        try
        {
            return await client.CallAsync(to, data, block, cancellationToken);
        }
        catch (CallRevertedException)
        {
            return [];
        }
    }
}

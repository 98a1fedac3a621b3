namespace Souk.Local.StandIns;

/// <summary>What Alchemy's throughput limit counts for each method, in compute units a call.</summary>
/// <remarks>Source: alchemy.com/docs, "Compute unit costs", read in 2025. A method that is not here is one that
/// Alchemy does not have, above all the node's own <c>anvil_</c> and <c>evm_</c> methods.</remarks>
internal static class AlchemyComputeUnits
{
    private static readonly Dictionary<string, int> s_costs = new(StringComparer.Ordinal)
    {
        ["eth_chainId"] = 0,
        ["net_version"] = 0,
        ["eth_syncing"] = 0,
        ["eth_blockNumber"] = 10,
        ["eth_feeHistory"] = 10,
        ["eth_maxPriorityFeePerGas"] = 10,
        ["eth_getTransactionReceipt"] = 20,
        ["eth_getTransactionByHash"] = 20,
        ["eth_getTransactionByBlockHashAndIndex"] = 20,
        ["eth_getTransactionByBlockNumberAndIndex"] = 20,
        ["eth_getBlockByNumber"] = 20,
        ["eth_getBlockByHash"] = 20,
        ["eth_getBlockTransactionCountByHash"] = 20,
        ["eth_getBlockTransactionCountByNumber"] = 20,
        ["eth_getBalance"] = 20,
        ["eth_getCode"] = 20,
        ["eth_gasPrice"] = 20,
        ["eth_getTransactionCount"] = 20,
        ["eth_estimateGas"] = 20,
        ["eth_getStorageAt"] = 20,
        ["eth_call"] = 26,
        ["eth_getLogs"] = 60,
        ["eth_sendRawTransaction"] = 250,
        ["eth_getBlockReceipts"] = 500,
    };

    /// <summary>The method's cost; null for a method that Alchemy does not have.</summary>
    internal static int? Of(string method) => s_costs.TryGetValue(method, out int cost) ? cost : null;
}

namespace Souk.Signing;

/// <summary>
/// One wallet of the platform as the settings file writes it; checked it is <see cref="SignerSettings"/>.
/// </summary>
/// <remarks>
/// Bound from <c>Signers[]</c>. A wallet is one MetaKeep app: its key and secret are in Vault as
/// <c>metakeep_&lt;name&gt;_api_key</c> and <c>metakeep_&lt;name&gt;_api_secret</c>.
/// </remarks>
public sealed class SignerOptions
{
    /// <summary>What requests and Vault call it: 1 to 32 lower-case letters, digits and hyphens.</summary>
    public string Name { get; set; } = "";

    /// <summary>The chain it sends on; the first signer of a chain is the one that requests get by default.</summary>
    public long ChainId { get; set; }

    /// <summary>How many of its transactions may wait for the chain at once, in nonces.</summary>
    /// <value>The default is 16: what Geth's pool keeps for each account at least.</value>
    public int WindowMax { get; set; } = 16;

    /// <summary>Below how much native coin it is announced to run dry, in wei, as decimal text.</summary>
    /// <value>
    /// The default is 0: never. On OP-stack chains it is also what leaves room for the fee of a transaction's data,
    /// which the chain takes beside the gas: neither the estimate nor the fee ceiling holds it.
    /// </value>
    public string BalanceWeiMin { get; set; } = "0";
}

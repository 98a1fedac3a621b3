using System.Text.Json.Serialization;
using Souk.Domain.Wire;

namespace Souk.Domain.Signing;

/// <summary>What is wanted of a transaction that a node may have, beside that it be mined.</summary>
[JsonConverter(typeof(WireTextJsonConverter<TransactionWish>))]
public enum TransactionWish
{
    /// <summary>Outbid it once, as it is: its fee is too low. Next: we sign it again, and the wish is done.</summary>
    Replace,

    /// <summary>
    /// Outbid it by a payment of nothing to the wallet itself. Next: we sign that; the chain mines one of the two.
    /// </summary>
    Cancel,
}

using System.Text.Json;
using System.Text.Json.Serialization;
using Souk.Domain.Events;

namespace Souk.Auth;

/// <summary>What this room reads and writes as JSON.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StartSession.Request), TypeInfoPropertyName = "StartSessionRequest")]
[JsonSerializable(typeof(RefreshSession.Request), TypeInfoPropertyName = "RefreshSessionRequest")]
[JsonSerializable(typeof(SessionAnswer))]
[JsonSerializable(typeof(GetMe.Response), TypeInfoPropertyName = "GetMeResponse")]
[JsonSerializable(typeof(ListWallets.Response), TypeInfoPropertyName = "ListWalletsResponse")]
[JsonSerializable(typeof(AskWallet.Request), TypeInfoPropertyName = "AskWalletRequest")]
[JsonSerializable(typeof(AskWallet.Response), TypeInfoPropertyName = "AskWalletResponse")]
[JsonSerializable(typeof(LinkWallet.Request), TypeInfoPropertyName = "LinkWalletRequest")]
[JsonSerializable(typeof(ProvisionWallet.Request), TypeInfoPropertyName = "ProvisionWalletRequest")]
[JsonSerializable(typeof(LinkedWallet))]
[JsonSerializable(typeof(WalletChanged))]
internal sealed partial class AuthJson : JsonSerializerContext;

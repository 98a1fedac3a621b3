using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Domain.Tests.Viem;

namespace Souk.Domain.Tests.Chain;

/// <summary>Honest encodings with a few octets changed: read to something sound, or refused.</summary>
public sealed class FuzzTests
{
    private readonly Cases _cases = new(4361);

    [Fact]
    public void Abi_values_survive()
    {
        int readCount = 0;
        for (int i = 0; i < 20_000; i++)
        {
            AbiType[] types = _cases.Types(3, 1 + _cases.Below(3));
            byte[] encoded = Damaged(AbiCodec.Encode(types, [.. types.Select(_cases.Value)]));
            try
            {
                AbiValue[] values = AbiCodec.Decode(types, encoded);

                // Never much of little: only paddings may come on top of what was there.
                Assert.True(AbiCodec.Encode(types, values).Length <= 2 * encoded.Length);
                readCount++;
            }
            catch (FormatException)
            {
                // The only refusal there may be.
            }
        }

        Assert.InRange(readCount, 1000, 19_000);
    }

    [Fact]
    public void Call_data_has_one_reading()
    {
        var function = AbiFunction.Parse("f(uint8,bytes,(address,string[])[],bool[2])");
        for (int i = 0; i < 5_000; i++)
        {
            byte[] calldata = Damaged(function.Encode([.. function.Inputs.Select(_cases.Value)]));
            if (function.TryDecode(calldata, out AbiValue[] read)) Assert.Equal(calldata, function.Encode(read));
        }
    }

    [Fact]
    public void Transactions_have_one_reading()
    {
        PrivateKey key = _cases.Key(out _);
        var transaction = new Eip1559Transaction(
            new ChainId(137), 1, Wei.FromUlong(2), Wei.FromUlong(3), 4, null, Wei.FromUlong(5), new byte[60]);
        byte[] raw = transaction.Encode(key.Sign(transaction.SigningHash()));
        for (int i = 0; i < 5_000; i++)
        {
            byte[] damaged = Damaged(raw);
            if (Eip1559Transaction.TryDecode(damaged, out Eip1559Transaction? read, out Signature signature))
                Assert.Equal(damaged, read.Encode(signature));
        }
    }

    [Fact]
    public void Signatures_are_found_or_refused()
    {
        for (int i = 0; i < 500; i++)
        {
            byte[] bytes = _cases.Bytes(64 + _cases.Below(2));
            if (bytes.Length == 65) bytes[64] &= 1;
            if (Signature.TryParse(bytes, out Signature signature) && bytes.Length == 65)
                Assert.Equal(signature.ToArray()[..64], bytes[..64]);
            if (Secp256k1.TryRecover(_cases.Word(), signature, out Address signer)) Assert.False(signer.IsZero);
        }
    }

    [Fact]
    public void Typed_data_is_read_or_refused()
    {
        for (int i = 0; i < 3_000; i++)
        {
            char[] json = _cases.TypedData().ToJson().ToCharArray();
            for (int change = 0; change <= _cases.Below(3); change++)
                json[_cases.Below(json.Length)] = "\"{}[],:0a\\x"[_cases.Below(11)];
            try
            {
                var read = TypedData.Parse(new string(json));
                Assert.Equal(read.Digest(), TypedData.Parse(read.ToJson()).Digest());
            }
            catch (FormatException)
            {
                // The only refusal there may be.
            }
        }
    }

    [Fact]
    public void Sign_in_messages_have_one_reading()
    {
        const string Text =
            "https://u@souk.example:1 wants you to sign in with your Ethereum account:\n"
            + "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\n\nSign in.\n\nURI: https://souk.example/?a#b\nVersion: 1\n"
            + "Chain ID: 1\nNonce: 12341234\nIssued At: 2022-03-17T12:45:13.610Z\nRequest ID: x\nResources:\n- a:b";
        for (int i = 0; i < 20_000; i++)
        {
            char[] text = Text.ToCharArray();
            for (int change = 0; change <= _cases.Below(2); change++)
                text[_cases.Below(text.Length)] = "\n\r :/[]@#?%09Zé"[_cases.Below(15)];
            string damaged = new(text);
            if (SiweMessage.TryParse(damaged, out SiweMessage? message)) Assert.Equal(damaged, message.ToString());
        }
    }

    private byte[] Damaged(byte[] bytes)
    {
        byte[] damaged = [.. bytes.AsSpan(0, bytes.Length - (_cases.Below(4) == 0 ? _cases.Below(bytes.Length) : 0))];
        for (int change = 0; change < _cases.Below(3) && damaged.Length > 0; change++)
            damaged[_cases.Below(damaged.Length)] = (byte)(_cases.Below(2) == 0 ? _cases.Below(256) : 0x20);
        return damaged;
    }
}

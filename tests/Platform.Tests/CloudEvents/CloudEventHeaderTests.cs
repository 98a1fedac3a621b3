using System.Text;
using Souk.Platform.CloudEvents;

namespace Souk.Platform.Tests.CloudEvents;

public sealed class CloudEventHeaderTests
{
    [Theory]
    // The specification's own example (HTTP protocol binding 1.0.2, section 3.1.3.2).
    [InlineData("Euro € \U0001F600", "Euro%20%E2%82%AC%20%F0%9F%98%80")]
    [InlineData("plain/text:1", "plain/text:1")]
    [InlineData("\"quoted\" 100%", "%22quoted%22%20100%25")]
    [InlineData("tab\tand\u007f", "tab%09and%7F")]
    [InlineData("", "")]
    public void Percent_encodes_what_a_header_cannot_carry(string value, string header)
    {
        Assert.Equal(header, CloudEventHeader.Encode(value));
        Assert.Equal(value, CloudEventHeader.Decode(header));
    }

    [Theory]
    [InlineData("\"in quotes\"", "in quotes")]
    [InlineData("\"a \\\"b\\\" \\\\c\"", "a \"b\" \\c")]
    [InlineData("%41%e2%82%ac", "A€")]
    [InlineData("a+b", "a+b")]
    [InlineData("100%", "100%")]
    [InlineData("%zz", "%zz")]
    [InlineData("\"", "\"")]
    public void Decodes_quoted_and_percent_encoded_values(string header, string value) =>
        Assert.Equal(value, CloudEventHeader.Decode(header));

    [Theory]
    [InlineData("%C0%A0")]
    [InlineData("%E2%82")]
    [InlineData("%ED%A0%80")]
    [InlineData("%FF")]
    public void Refuses_percent_encoded_octets_that_are_no_UTF8(string header) =>
        Assert.Throws<FormatException>(() => CloudEventHeader.Decode(header));

    [Theory]
    [InlineData("%2541", "%41")]
    [InlineData("\"%22\"", "\"")]
    [InlineData("\"a b\"%20", "\"a b\" ")]
    public void Decodes_one_round_and_no_more(string header, string value) =>
        Assert.Equal(value, CloudEventHeader.Decode(header));

    [Fact]
    public void Decodes_whatever_it_encoded()
    {
        Random random = new(20260601);
        for (int i = 0; i < 500; i++)
        {
            StringBuilder text = new();
            for (int length = random.Next(20); length > 0; length--)
                text.Append(random.Next(3) == 0 ? (char)random.Next(0x80) : (char)random.Next(0x80, 0xd800));

            string value = text.ToString();
            Assert.Equal(value, CloudEventHeader.Decode(CloudEventHeader.Encode(value)));
        }
    }
}

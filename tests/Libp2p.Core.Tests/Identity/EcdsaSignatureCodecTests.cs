using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Identities;

public class EcdsaSignatureCodecTests
{
    [Theory]
    [InlineData("3006020101020102", 1, 2)]
    [InlineData("3008020200800202" + "00ff", 0x80, 0xff)]
    [InlineData("3006020100020100", 0, 0)]
    public void Small_numbers_take_few_bytes(string der, byte r, byte s)
    {
        var fixedForm = new byte[EcdsaSignatureCodec.FixedLength];
        Assert.True(EcdsaSignatureCodec.TryDecode(Convert.FromHexString(der), fixedForm));
        Assert.Equal([.. new byte[31], r, .. new byte[31], s], fixedForm);
        Assert.Equal(der, Convert.ToHexStringLower(EcdsaSignatureCodec.Encode(fixedForm)));
    }

    [Theory]
    [InlineData("", "nothing")]
    [InlineData("3000", "no numbers")]
    [InlineData("3003020101", "one number")]
    [InlineData("3009020101020102020103", "three numbers")]
    [InlineData("300602010102010200", "a byte behind")]
    [InlineData("308106020101020102", "a length in the long form")]
    [InlineData("300702020001020102", "a zero too many")]
    [InlineData("3006020181020102", "a negative number")]
    [InlineData("3026022101" + "0000000000000000000000000000000000000000000000000000000000000000" + "020101", "33 bytes that are no sign")]
    public void What_is_not_one_DER_signature_is_refused(string der, string what) =>
        Assert.False(EcdsaSignatureCodec.TryDecode(Convert.FromHexString(der), new byte[EcdsaSignatureCodec.FixedLength]), what);

    [Fact]
    public void Any_signature_survives_its_encoding_which_is_the_only_one()
    {
        var random = TestRandom.Create();
        var decoded = new byte[EcdsaSignatureCodec.FixedLength];
        for (var i = 0; i < 5_000; i++)
        {
            var fixedForm = random.Bytes(EcdsaSignatureCodec.FixedLength);
            fixedForm.AsSpan(0, random.Next(33)).Clear();
            fixedForm.AsSpan(32, random.Next(33)).Clear();
            var der = EcdsaSignatureCodec.Encode(fixedForm);
            Assert.InRange(der.Length, 8, EcdsaSignatureCodec.MaxDerLength);
            Assert.True(EcdsaSignatureCodec.TryDecode(der, decoded));
            Assert.Equal(fixedForm, decoded);
            var changed = Hostile.Mutate(random, der);
            if (EcdsaSignatureCodec.TryDecode(changed, decoded))
                Assert.Equal(changed, EcdsaSignatureCodec.Encode(decoded));
        }
    }
}

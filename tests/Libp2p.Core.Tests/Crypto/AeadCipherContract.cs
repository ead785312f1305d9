using Libp2p.Testing;
using System.Text.Json;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Crypto;

/// <summary>What every AEAD implementation must do; each runs it whole.</summary>
public abstract class AeadCipherContract
{
    private static readonly int[] Lengths = [0, 1, 15, 16, 17, 63, 64, 65, 255, 256, 1_024, 4_095, 65_519];

    private protected abstract int KeyLength { get; }

    private protected abstract string VectorFile { get; }

    private protected abstract AeadCipher Create(byte[] key);

    [Fact]
    public void Judges_as_Wycheproof_does()
    {
        using var document = Wycheproof.Read(VectorFile);
        var wrong = new List<int>();
        var (count, invalid) = (0, 0);
        foreach (var (_, test) in document.Tests().Where(Fits))
        {
            count++;
            using var cipher = Create(test.Hex("key"));
            byte[] nonce = test.Hex("iv"), associated = test.Hex("aad"), message = test.Hex("msg");
            byte[] expected = [.. test.Hex("ct"), .. test.Hex("tag")];
            byte[] made = new byte[message.Length + 16], opened = new byte[message.Length];
            cipher.Seal(nonce, message, made, associated);
            var valid = test.Text("result") == "valid";
            invalid += valid ? 0 : 1;
            if (cipher.TryOpen(nonce, expected, opened, associated) != valid
                || (valid && !opened.SequenceEqual(message))
                || made.SequenceEqual(expected) != valid)
            {
                wrong.Add(test.Number("tcId"));
            }
        }
        Assert.Empty(wrong);
        Assert.InRange(count, 66, int.MaxValue);
        Assert.NotEqual(0, invalid);
    }

    [Fact]
    public void Refuses_the_nonces_of_other_lengths_in_Wycheproof()
    {
        using var document = Wycheproof.Read(VectorFile);
        using var cipher = Create(new byte[KeyLength]);
        var count = 0;
        foreach (var (_, test) in document.Tests().Where(pair => pair.Group.Number("ivSize") != 96))
        {
            count++;
            Assert.Throws<ArgumentException>(() => cipher.Seal(test.Hex("iv"), [], new byte[16]));
            Assert.Throws<ArgumentException>(() => cipher.TryOpen(test.Hex("iv"), new byte[16], []));
        }
        Assert.NotEqual(0, count);
    }

    [Fact]
    public void Opens_what_it_sealed_at_every_length_and_in_place()
    {
        var random = TestRandom.Create();
        using var cipher = Create(random.Bytes(KeyLength));
        foreach (var length in Lengths)
        {
            byte[] nonce = random.Bytes(12), message = random.Bytes(length), associated = random.Bytes(random.Next(40));
            byte[] apart = new byte[length + 16], place = [.. message, .. new byte[16]], opened = new byte[length];
            cipher.Seal(nonce, message, apart, associated);
            cipher.Seal(nonce, place.AsSpan(0, length), place, associated);
            Assert.Equal(apart, place);
            Assert.True(cipher.TryOpen(nonce, apart, opened, associated));
            Assert.Equal(message, opened);
            Assert.True(cipher.TryOpen(nonce, place, place.AsSpan(0, length), associated));
            Assert.Equal(message, place[..length]);
        }
    }

    [Fact]
    public void Finds_every_flipped_bit_and_goes_on_afterwards()
    {
        var random = TestRandom.Create();
        using var cipher = Create(random.Bytes(KeyLength));
        byte[] nonce = random.Bytes(12), message = random.Bytes(20), associated = random.Bytes(5);
        byte[] made = new byte[36], opened = new byte[20];
        cipher.Seal(nonce, message, made, associated);
        foreach (var damaged in new[] { made, associated, nonce })
        {
            for (var bit = 0; bit < damaged.Length * 8; bit++)
            {
                damaged[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(cipher.TryOpen(nonce, made, opened, associated), $"bit {bit} of {damaged.Length} bytes");
                damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
        Assert.False(cipher.TryOpen(nonce, made, opened));
        Assert.True(cipher.TryOpen(nonce, made, opened, associated));
        Assert.Equal(message, opened);
    }

    [Fact]
    public void Keeps_no_plaintext_that_was_not_authenticated()
    {
        var random = TestRandom.Create();
        using var cipher = Create(random.Bytes(KeyLength));
        byte[] made = new byte[80], opened = random.Bytes(64);
        cipher.Seal(new byte[12], random.Bytes(64), made);
        made[79] ^= 1;
        Assert.False(cipher.TryOpen(new byte[12], made, opened));
        Assert.Equal(new byte[64], opened);
    }

    [Fact]
    public void Calls_an_input_shorter_than_a_tag_not_valid()
    {
        using var cipher = Create(new byte[KeyLength]);
        for (var length = 0; length < 16; length++)
            Assert.False(cipher.TryOpen(new byte[12], new byte[length], []));
    }

    [Fact]
    public void Refuses_its_callers_buffers_that_do_not_fit()
    {
        using var cipher = Create(new byte[KeyLength]);
        var buffer = new byte[64];
        Assert.Throws<ArgumentException>(() => cipher.Seal(new byte[11], new byte[4], new byte[20]));
        Assert.Throws<ArgumentException>(() => cipher.Seal(new byte[13], new byte[4], new byte[20]));
        Assert.Throws<ArgumentException>(() => cipher.Seal(new byte[12], new byte[4], new byte[19]));
        Assert.Throws<ArgumentException>(() => cipher.Seal(new byte[12], new byte[4], new byte[21]));
        Assert.Throws<ArgumentException>(() => cipher.Seal(new byte[12], new byte[4], []));
        Assert.Throws<ArgumentException>(() => cipher.TryOpen(new byte[11], new byte[20], new byte[4]));
        Assert.Throws<ArgumentException>(() => cipher.TryOpen(new byte[12], new byte[20], new byte[5]));
        Assert.Throws<ArgumentException>(() => cipher.TryOpen(new byte[12], new byte[20], new byte[3]));
        Assert.Throws<ArgumentException>(() => cipher.Seal(new byte[12], buffer.AsSpan(1, 16), buffer.AsSpan(0, 32)));
        Assert.Throws<ArgumentException>(() => cipher.TryOpen(new byte[12], buffer.AsSpan(0, 32), buffer.AsSpan(1, 16)));
    }

    [Fact]
    public void Disposes_once_and_says_so_afterwards()
    {
        var cipher = Create(new byte[KeyLength]);
        cipher.Dispose();
        cipher.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cipher.Seal(new byte[12], [], new byte[16]));
        Assert.Throws<ObjectDisposedException>(() => cipher.TryOpen(new byte[12], new byte[16], []));
    }

    [Fact]
    public void Allocates_nothing_for_a_frame()
    {
        using var cipher = Create(new byte[KeyLength]);
        byte[] nonce = new byte[12], message = new byte[1_024], made = new byte[1_040];
        Assert.Equal(0, Allocations.Least(Run));

        void Run()
        {
            cipher.Seal(nonce, message, made, nonce);
            cipher.TryOpen(nonce, made, message, nonce);
        }
    }

    private bool Fits((JsonElement Group, JsonElement Test) pair) =>
        pair.Group.Number("ivSize") == 96 && pair.Group.Number("keySize") == KeyLength * 8;
}

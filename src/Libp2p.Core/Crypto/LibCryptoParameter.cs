using System.Runtime.InteropServices;

namespace Libp2p;

/// <summary>The layout of OpenSSL's <c>OSSL_PARAM</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LibCryptoParameter
{
    private byte* _name;
    private uint _type;
    private void* _data;
    private nuint _length;
    private nuint _returned;

    /// <summary>An octet string. Both pointers must stay valid as long as the parameter is in use.</summary>
    public static LibCryptoParameter Octets(byte* name, byte* data, int length) =>
        new() { _name = name, _type = 5, _data = data, _length = (nuint)length, _returned = nuint.MaxValue };
}

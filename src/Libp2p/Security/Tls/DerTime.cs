namespace Libp2p.Security.Tls;

/// <summary>The times of a certificate in the forms that RFC 5280 §4.1.2.5 allows: to the second, in UTC, nothing left out.</summary>
internal static class DerTime
{
    private const int UtcLength = 13;         // YYMMDDHHMMSSZ
    private const int GeneralizedLength = 15; // YYYYMMDDHHMMSSZ

    /// <summary>Reads a UTCTime or a GeneralizedTime as seconds since 1970; false where the next value is neither, or no time.</summary>
    public static bool TryRead(ref DerReader reader, out long seconds)
    {
        seconds = 0;
        if (reader.TryRead(DerReader.UtcTime, out var text))
        {
            // Two digits of a year mean 1950 to 2049.
            return text.Length == UtcLength && TryNumber(text[..2], out var year) && TryParse(year + (year < 50 ? 2000 : 1900), text[2..], out seconds);
        }
        return reader.TryRead(DerReader.GeneralizedTime, out text)
            && text.Length == GeneralizedLength && TryNumber(text[..4], out var fullYear) && TryParse(fullYear, text[4..], out seconds);
    }

    // MMDDHHMMSSZ
    private static bool TryParse(int year, ReadOnlySpan<byte> text, out long seconds)
    {
        seconds = 0;
        if (!TryNumber(text[..2], out var month) || !TryNumber(text[2..4], out var day) || !TryNumber(text[4..6], out var hour)
            || !TryNumber(text[6..8], out var minute) || !TryNumber(text[8..10], out var second) || text[10] != (byte)'Z')
            return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
            return false;
        seconds = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).ToUnixTimeSeconds();
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out int number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            number = (number * 10) + digit - '0';
        }
        return true;
    }
}

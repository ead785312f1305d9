using Libp2p.Architecture.Tests.Sources;

namespace Libp2p.Architecture.Tests;

public sealed class CSharpTextTests
{
    [Theory]
    [InlineData("a // x\nb", "a     \nb")]
    [InlineData("a /* x\n */ b", "a     \n    b")]
    [InlineData("a \"x\\\"y\" b", "a        b")]
    [InlineData("a @\"x\"\"\\\" b", "a         b")]
    [InlineData("a \"\" b", "a    b")]
    [InlineData("a '\"' b '\\'' c", "a     b      c")]
    [InlineData("a $\"x{b}y\" c", "a    {b}   c")]
    [InlineData("a $\"{{x}}{b(\"y\")}\" c", "a         b(   )   c")]
    [InlineData("a \"\"\"x \"y\" \"\"\" b", "a              b")]
    [InlineData("a $$\"\"\"{x}{{b}}\"\"\" c", "a           b      c")]
    public void Comments_and_literals_are_blanked(string text, string code) => Assert.Equal(code.Replace('{', ' ').Replace('}', ' '), CSharpText.Blank(text).Replace('{', ' ').Replace('}', ' '));
}

using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Libp2p.Architecture.Tests.PublicApi;

/// <summary>The public surface of an assembly as text: a line for each type and each member, sorted, so that a change to it shows as a change to a file.</summary>
internal static class ApiPrinter
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    public static IReadOnlyList<string> Print(Assembly assembly) => Print(assembly.GetExportedTypes());

    public static IReadOnlyList<string> Print(IEnumerable<Type> types)
    {
        var lines = new List<string>();
        foreach (var type in types)
        {
            lines.Add(Describe(type));
            if (typeof(Delegate).IsAssignableFrom(type))
                continue;
            var name = TypeNames.Full(type);
            lines.AddRange(type.GetMembers(Declared).Where(IsShown).SelectMany(m => Describe(m, type)).Select(d => $"{name}.{d}"));
        }
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private static string Describe(Type type)
    {
        var name = TypeNames.Full(type);
        if (type.IsEnum)
            return $"{name} : enum {TypeNames.Of(Enum.GetUnderlyingType(type))}";
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            var invoke = type.GetMethod("Invoke")!;
            return $"{name} : delegate ({Parameters(invoke)}) -> {TypeNames.Of(invoke.ReturnParameter)}";
        }
        var kind = type.IsInterface ? "interface"
            : type.IsValueType ? (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "") + (type.IsByRefLike ? "ref " : "") + "struct"
            : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";
        var above = new List<string>();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
            above.Add(TypeNames.Of(parent));
        above.AddRange(OwnInterfaces(type).Select(i => TypeNames.Of(i)).Order(StringComparer.Ordinal));
        return $"{name} : {kind}{(above.Count > 0 ? " <- " + string.Join(", ", above) : "")}";
    }

    private static IEnumerable<Type> OwnInterfaces(Type type)
    {
        var all = type.GetInterfaces().Where(i => i.IsVisible).ToList();
        var implied = all.SelectMany(i => i.GetInterfaces()).Concat(type.BaseType?.GetInterfaces() ?? []).ToHashSet();
        return all.Where(i => !implied.Contains(i));
    }

    private static bool IsShown(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => IsVisible(constructor) && !constructor.IsStatic,
        MethodInfo method => IsVisible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) && !method.Name.Contains('<'),
        PropertyInfo property => property.GetAccessors(true).Any(IsVisible),
        EventInfo @event => @event.AddMethod is { } add && IsVisible(add),
        FieldInfo field => (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName,
        _ => false,
    };

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static IEnumerable<string> Describe(MemberInfo member, Type owner) => member switch
    {
        ConstructorInfo constructor => [$"new({Parameters(constructor)})"],
        MethodInfo method => [$"{method.Name}{TypeNames.Parameters(method)}({(method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "")}{Parameters(method)}) -> {TypeNames.Of(method.ReturnParameter)}{Modifiers(method, owner)}"],
        PropertyInfo property => [$"{property.Name}{(property.GetIndexParameters() is { Length: > 0 } index ? $"[{Parameters(index)}]" : "")} {{ {Accessors(property)} }} -> {TypeNames.Of(property)}{Modifiers(property.GetAccessors(true)[0], owner)}{(property.IsDefined(typeof(RequiredMemberAttribute)) ? " required" : "")}"],
        EventInfo @event => [$"{@event.Name} event {TypeNames.Of(@event.EventHandlerType!)}"],
        FieldInfo { IsLiteral: true } field => [$"{field.Name} = {Literal(field.GetRawConstantValue())}"],
        FieldInfo field => [$"{field.Name} -> {TypeNames.Of(field)}{(field.IsStatic ? " static" : "")}{(field.IsInitOnly ? " readonly" : "")}"],
        _ => [],
    };

    private static string Accessors(PropertyInfo property)
    {
        var parts = new List<string>();
        if (property.GetMethod is { } get && IsVisible(get))
            parts.Add((get.IsFamily ? "protected " : "") + "get;");
        if (property.SetMethod is { } set && IsVisible(set))
            parts.Add((set.IsFamily ? "protected " : "") + (set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init;" : "set;"));
        return string.Join(' ', parts);
    }

    private static string Modifiers(MethodInfo method, Type owner)
    {
        var modifiers = method.IsStatic ? " static" : "";
        if (method.IsFamily || method.IsFamilyOrAssembly)
            modifiers += " protected";
        if (owner.IsInterface)
            return modifiers + (method.IsAbstract ? "" : " default");
        if (method.GetBaseDefinition() is { } root && root != method)
            return modifiers + " override";
        return modifiers + (method.IsAbstract ? " abstract" : method is { IsVirtual: true, IsFinal: false } && !owner.IsSealed ? " virtual" : "");
    }

    private static string Parameters(MethodBase method) => Parameters(method.GetParameters());

    private static string Parameters(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(p =>
        (p.IsDefined(typeof(ParamArrayAttribute)) || p.IsDefined(typeof(ParamCollectionAttribute)) ? "params " : "")
        + $"{TypeNames.Of(p)} {p.Name}"
        + (p.HasDefaultValue ? $" = {Literal(p.RawDefaultValue)}" : "")));

    private static string Literal(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}

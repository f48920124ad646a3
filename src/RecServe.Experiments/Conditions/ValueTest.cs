using System.Text.Json;

namespace RecServe.Experiments;

/// <summary>A test of one value, parsed once. Immutable; never throws.</summary>
internal abstract class ValueTest
{
    public abstract bool Passes(AttributeValue value);
}

/// <summary>The value equals a literal, by JavaScript's conversions.</summary>
internal sealed class EqualsLiteral(JsonElement literal, bool ignoreCase = false) : ValueTest
{
    public override bool Passes(AttributeValue value) => literal.ValueKind switch
    {
        JsonValueKind.String when ignoreCase => string.Equals(JsValue.ToText(value), literal.GetString(), StringComparison.OrdinalIgnoreCase),
        JsonValueKind.String => JsValue.ToText(value) == literal.GetString(),
        JsonValueKind.Number => JsValue.ToNumber(value) == literal.GetDouble(),
        JsonValueKind.True => JsValue.IsTruthy(value),
        JsonValueKind.False => value.Kind != AttributeKind.Null && !JsValue.IsTruthy(value),
        _ => value.EqualsJson(literal),
    };
}

/// <summary>The value is of the literal's type and equal to it. Lists and objects never are: they are other values than the literal.</summary>
internal sealed class StrictlyEquals(JsonElement literal) : ValueTest
{
    public override bool Passes(AttributeValue value) => value.Kind is not (AttributeKind.List or AttributeKind.Record) && value.EqualsJson(literal);
}

/// <summary>All tests pass.</summary>
internal sealed class AllTests(ValueTest[] tests) : ValueTest
{
    public override bool Passes(AttributeValue value)
    {
        foreach (ValueTest test in tests)
        {
            if (!test.Passes(value))
                return false;
        }

        return true;
    }
}

/// <summary>The test does not pass.</summary>
internal sealed class Fails(ValueTest test) : ValueTest
{
    public override bool Passes(AttributeValue value) => !test.Passes(value);
}

/// <summary>The value is there, or is not.</summary>
internal sealed class Exists(bool wanted) : ValueTest
{
    public override bool Passes(AttributeValue value) => (value.Kind != AttributeKind.Null) == wanted;
}

/// <summary>The value is of a type, named as JavaScript does.</summary>
internal sealed class TypeIs(AttributeKind kind) : ValueTest
{
    public override bool Passes(AttributeValue value) => value.Kind == kind;
}

/// <summary>Two texts compare by UTF-16 code units, anything else as numbers; nothing compares with what is no number.</summary>
internal sealed class Compares(JsonElement literal, Func<int, bool> wanted) : ValueTest
{
    private readonly AttributeValue _literal = AttributeValue.Of(literal);

    public override bool Passes(AttributeValue value)
    {
        if (IsText(value) && IsText(_literal))
            return wanted(string.CompareOrdinal(JsValue.ToText(value), JsValue.ToText(_literal)));
        double left = JsValue.ToNumber(value), right = JsValue.ToNumber(_literal);
        return !double.IsNaN(left) && !double.IsNaN(right) && wanted(left.CompareTo(right));
    }

    // Lists and objects become texts before they are compared.
    private static bool IsText(AttributeValue value) => value.Kind is AttributeKind.Text or AttributeKind.List or AttributeKind.Record;
}

/// <summary>Versions compare part by part.</summary>
internal sealed class ComparesVersion(string literal, Func<int, bool> wanted) : ValueTest
{
    private readonly string _padded = PaddedVersion.Of(literal);

    public override bool Passes(AttributeValue value) =>
        wanted(string.CompareOrdinal(PaddedVersion.Of(value.Kind is AttributeKind.Text or AttributeKind.Number ? JsValue.ToText(value) : "0"), _padded));
}

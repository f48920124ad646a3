using System.Text.Json;
using System.Text.RegularExpressions;

namespace RecServe.Experiments;

/// <summary>The value, or some element of a list, stands in a set.</summary>
internal sealed class IsIn : ValueTest
{
    private readonly HashSet<string> _texts;
    private readonly HashSet<double> _numbers = [];
    private readonly bool _true, _false, _null;

    public IsIn(IEnumerable<JsonElement> members, bool ignoreCase)
    {
        _texts = new HashSet<string>(ignoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (JsonElement member in members)
        {
            switch (member.ValueKind)
            {
                case JsonValueKind.String:
                    _texts.Add(member.GetString()!);
                    break;
                case JsonValueKind.Number:
                    _numbers.Add(member.GetDouble());
                    break;
                case JsonValueKind.True:
                    _true = true;
                    break;
                case JsonValueKind.False:
                    _false = true;
                    break;
                case JsonValueKind.Null:
                    _null = true;
                    break;
                default:
                    // A list or an object in the set is another value than any attribute: it never matches.
                    break;
            }
        }
    }

    public override bool Passes(AttributeValue value)
    {
        if (value.Kind != AttributeKind.List)
            return Holds(value);
        for (int i = 0; i < value.Count; i++)
        {
            if (Holds(value[i]))
                return true;
        }

        return false;
    }

    private bool Holds(AttributeValue value) => value.Kind switch
    {
        AttributeKind.Text => _texts.Contains(value.Text),
        AttributeKind.Number => _numbers.Contains(value.Number),
        AttributeKind.Flag => value.Flag ? _true : _false,
        AttributeKind.Null => _null,
        _ => false,
    };
}

/// <summary>The value is a list that has an element for each of the tests.</summary>
internal sealed class HasAll(ValueTest[] tests) : ValueTest
{
    public override bool Passes(AttributeValue value)
    {
        if (value.Kind != AttributeKind.List)
            return false;
        foreach (ValueTest test in tests)
        {
            bool passed = false;
            for (int i = 0; i < value.Count && !passed; i++)
                passed = test.Passes(value[i]);
            if (!passed)
                return false;
        }

        return true;
    }
}

/// <summary>The value is a list whose length passes a test.</summary>
internal sealed class HasSize(ValueTest test) : ValueTest
{
    public override bool Passes(AttributeValue value) => value.Kind == AttributeKind.List && test.Passes(AttributeValue.Of((double)value.Count));
}

/// <summary>The value is a list with an element that passes a test; null, "", 0 and false never do.</summary>
internal sealed class HasElement(ValueTest test) : ValueTest
{
    public override bool Passes(AttributeValue value)
    {
        if (value.Kind != AttributeKind.List)
            return false;
        for (int i = 0; i < value.Count; i++)
        {
            AttributeValue element = value[i];
            if (JsValue.IsTruthy(element) && test.Passes(element))
                return true;
        }

        return false;
    }
}

/// <summary>The value's members satisfy a condition.</summary>
internal sealed class MembersSatisfy(Condition condition) : ValueTest
{
    public override bool Passes(AttributeValue value) => condition.Holds(new Members(value));

    private sealed class Members(AttributeValue value) : IAttributeSource
    {
        public AttributeValue Find(string name) => value.Member(name);
    }
}

/// <summary>A pattern is found in the value's text.</summary>
internal sealed class MatchesPattern(Regex pattern) : ValueTest
{
    public override bool Passes(AttributeValue value) => pattern.IsMatch(JsValue.ToText(value));
}

using System.Text.Json;
using System.Text.RegularExpressions;

namespace RecServe.Experiments;

/// <summary>
/// Conditions from GrowthBook's JSON. An operator that is not known, or an operand that no value could match, is refused: a rule that
/// silently never applies is worse than a file that is not loaded. Source of the meanings: sdk-js mongrule.ts.
/// </summary>
internal sealed class ConditionParser(IReadOnlyDictionary<string, JsonElement[]> savedGroups)
{
    public Condition Parse(FileMember member, int depth = 0)
    {
        if (depth > ExperimentLimits.ConditionDepth)
            throw member.Wrong($"conditions nest deeper than {ExperimentLimits.ConditionDepth}");
        var parts = new List<Condition>();
        foreach ((string name, FileMember part) in member.Members(ExperimentLimits.ListEntries))
        {
            parts.Add(name switch
            {
                "$or" => new AnyOf(List(part, depth)),
                "$nor" => new NoneOf(new AnyOf(List(part, depth))),
                "$and" => new AllOf(List(part, depth)),
                "$not" => new NoneOf(Parse(part, depth + 1)),
                _ => new AttributeIs(name.Split('.'), ParseTest(part, depth + 1)),
            });
        }

        return parts.Count == 1 ? parts[0] : new AllOf([.. parts]);
    }

    private Condition[] List(FileMember member, int depth) =>
        [.. member.Array(ExperimentLimits.ListEntries).Select(m => Parse(m, depth + 1))];

    private ValueTest ParseTest(FileMember member, int depth, bool ignoreCase = false)
    {
        if (depth > ExperimentLimits.ConditionDepth)
            throw member.Wrong($"conditions nest deeper than {ExperimentLimits.ConditionDepth}");
        return IsOperators(member.Value)
            ? new AllTests([.. member.Members(ExperimentLimits.ListEntries).Select(m => Operator(m.Name, m.Member, depth))])
            : new EqualsLiteral(member.Value, ignoreCase);
    }

    private static bool IsOperators(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Any() && value.EnumerateObject().All(p => p.Name.StartsWith('$'));

    private ValueTest Operator(string name, FileMember operand, int depth) => name switch
    {
        "$eq" => new StrictlyEquals(operand.Value),
        "$ne" => new Fails(new StrictlyEquals(operand.Value)),
        "$lt" => new Compares(operand.Value, order => order < 0),
        "$lte" => new Compares(operand.Value, order => order <= 0),
        "$gt" => new Compares(operand.Value, order => order > 0),
        "$gte" => new Compares(operand.Value, order => order >= 0),
        "$veq" => new ComparesVersion(operand.Text(), order => order == 0),
        "$vne" => new ComparesVersion(operand.Text(), order => order != 0),
        "$vlt" => new ComparesVersion(operand.Text(), order => order < 0),
        "$vlte" => new ComparesVersion(operand.Text(), order => order <= 0),
        "$vgt" => new ComparesVersion(operand.Text(), order => order > 0),
        "$vgte" => new ComparesVersion(operand.Text(), order => order >= 0),
        "$in" => new IsIn(Values(operand), ignoreCase: false),
        "$nin" => new Fails(new IsIn(Values(operand), ignoreCase: false)),
        "$ini" => new IsIn(Values(operand), ignoreCase: true),
        "$nini" => new Fails(new IsIn(Values(operand), ignoreCase: true)),
        "$inGroup" => new IsIn(Group(operand), ignoreCase: false),
        "$notInGroup" => new Fails(new IsIn(Group(operand), ignoreCase: false)),
        "$all" => new HasAll([.. operand.Array(ExperimentLimits.ListEntries).Select(m => ParseTest(m, depth + 1))]),
        "$alli" => new HasAll([.. operand.Array(ExperimentLimits.ListEntries).Select(m => ParseTest(m, depth + 1, ignoreCase: true))]),
        "$not" => new Fails(ParseTest(operand, depth + 1)),
        "$size" => new HasSize(ParseTest(operand, depth + 1)),
        "$elemMatch" => new HasElement(IsOperators(operand.Value) ? ParseTest(operand, depth + 1) : new MembersSatisfy(Parse(operand, depth + 1))),
        "$exists" => new Exists(operand.Flag()),
        "$type" => new TypeIs(Kind(operand)),
        "$regex" => new MatchesPattern(Pattern(operand, RegexOptions.None)),
        "$regexi" => new MatchesPattern(Pattern(operand, RegexOptions.IgnoreCase)),
        _ => throw operand.Wrong("is not a known operator"),
    };

    private static IEnumerable<JsonElement> Values(FileMember operand) => operand.Array(ExperimentLimits.ListEntries).Select(m => m.Value);

    private JsonElement[] Group(FileMember operand) => savedGroups.GetValueOrDefault(operand.Text(), []);

    private static AttributeKind Kind(FileMember operand) => operand.Text() switch
    {
        "string" => AttributeKind.Text,
        "number" => AttributeKind.Number,
        "boolean" => AttributeKind.Flag,
        "array" => AttributeKind.List,
        "object" => AttributeKind.Record,
        "null" => AttributeKind.Null,
        _ => throw operand.Wrong($"'{operand.Text()}' is no type (string, number, boolean, array, object, null)"),
    };

    private static Regex Pattern(FileMember operand, RegexOptions options)
    {
        try
        {
            // Without backtracking the time is linear in the text, whatever pattern meets whatever attribute.
            return new Regex(operand.Text(), options | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new ExperimentFileException($"{operand.Path}: is not a regular expression without look-around and back-references: {exception.Message}", exception);
        }
    }
}

using System.CommandLine;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using RecServe.Api;

namespace RecServe.Cli.Verbs;

/// <summary>
/// One command-line option for each number in <see cref="ServingOptions"/>: <c>MaxCandidates</c> is <c>--max-candidates</c>, its default and range are shown and
/// enforced. Read from the type itself, so that a limit is declared once.
/// </summary>
internal sealed class ServingLimits
{
    private readonly List<(PropertyInfo Property, Option<int> Option)> _limits = [];

    private ServingLimits()
    {
    }

    /// <summary>Adds the options to a verb.</summary>
    public static ServingLimits AddTo(Command verb)
    {
        var limits = new ServingLimits();
        var defaults = new ServingOptions();
        foreach (var property in typeof(ServingOptions).GetProperties().Where(property => property.PropertyType == typeof(int)))
        {
            var range = property.GetCustomAttribute<RangeAttribute>()!;
            var option = new Option<int>(OptionName(property.Name))
            {
                Description = $"{property.GetCustomAttribute<DescriptionAttribute>()!.Description}, {range.Minimum:N0} to {range.Maximum:N0}.",
                HelpName = "N",
                DefaultValueFactory = _ => (int)property.GetValue(defaults)!,
            };
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int>() is var value && !range.IsValid(value))
                {
                    result.AddError($"{option.Name} {value} is out of its range, {range.Minimum} to {range.Maximum}.");
                }
            });
            verb.Add(option);
            limits._limits.Add((property, option));
        }

        return limits;
    }

    /// <summary><paramref name="options"/> with what the command line says.</summary>
    public ServingOptions Read(ParseResult parsed, ServingOptions options)
    {
        var copy = options with { };
        foreach (var (property, option) in _limits)
        {
            property.SetValue(copy, parsed.GetValue(option));
        }

        return copy;
    }

    private static string OptionName(string property) =>
        "-" + string.Concat(property.Select(letter => char.IsUpper(letter) ? $"-{char.ToLowerInvariant(letter)}" : $"{letter}"));
}

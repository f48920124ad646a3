using System.CommandLine;

namespace RecServe.Cli.Bench;

/// <summary>Options that take a number within limits; help and errors name them.</summary>
internal static class NumberOption
{
    public static Option<int> Whole(string name, string description, int value, int least, int most)
    {
        var option = new Option<int>(name) { Description = $"{description} {least:N0} to {most:N0}.", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is int given && (given < least || given > most))
                result.AddError($"{name} is {given}; it must be {least} to {most}.");
        });
        return option;
    }

    public static Option<double> Real(string name, string description, double value, double most)
    {
        var option = new Option<double>(name) { Description = $"{description} 0 to {most}.", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is double given && !(given >= 0 && given <= most))
                result.AddError($"{name} is {given}; it must be 0 to {most}.");
        });
        return option;
    }
}

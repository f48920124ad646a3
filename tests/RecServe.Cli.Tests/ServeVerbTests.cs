using System.CommandLine;
using RecServe.Api;
using RecServe.Cli.Terminal;
using RecServe.Cli.Verbs;

namespace RecServe.Cli.Tests;

public sealed class ServeVerbTests
{
    [Fact]
    public void Every_number_of_the_server_has_an_option_with_its_default()
    {
        var verb = new Verb("serve", "Serves.", "recserve serve");
        var limits = ServingLimits.AddTo(verb);
        var numbers = typeof(ServingOptions).GetProperties().Where(property => property.PropertyType == typeof(int)).ToArray();
        Assert.NotEmpty(numbers);
        Assert.Equal(numbers.Length, verb.Options.Count);
        Assert.Equal(new ServingOptions(), limits.Read(verb.Parse([]), new ServingOptions()));
    }

    [Fact]
    public void Given_numbers_reach_the_options_and_nothing_else_changes()
    {
        var verb = new Verb("serve", "Serves.", "recserve serve");
        var limits = ServingLimits.AddTo(verb);
        var read = limits.Read(verb.Parse(["--max-body-bytes", "2048", "--drain-seconds", "5"]), new ServingOptions { ModelsDirectory = "m" });
        Assert.Equal(new ServingOptions { ModelsDirectory = "m", MaxBodyBytes = 2048, DrainSeconds = 5 }, read);
    }

    [Theory]
    [InlineData(2, "--max-candidates 0 is out of its range, 1 to 100000.", "--models", ".", "--max-candidates", "0")]
    [InlineData(2, "Cannot parse argument 'many' for option '--max-k': a whole number is expected.\n'recserve serve --help' shows", "--models", ".", "--max-k", "many")]
    [InlineData(2, "Option '--models' is required.")]
    [InlineData(1, "/nosuch/models", "--models", "/nosuch/models")]
    public async Task Bad_arguments_end_with_one_clear_message(int exit, string message, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter { NewLine = "\n" };
        Assert.Equal(exit, await CommandLine.RunAsync([ServeVerb.Create()], ["serve", .. args], output, error));
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }
}

using System.CommandLine;
using RecServe.Artifacts;
using RecServe.Cli.Terminal;

namespace RecServe.Cli.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public async Task No_arguments_prints_help_to_stderr_and_exits_2()
    {
        var (exit, output, error) = await Run();
        Assert.Equal(2, exit);
        Assert.Empty(output);
        Assert.Contains("Usage:", error, StringComparison.Ordinal);
        Assert.Contains("work", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_prints_name_and_three_numbers()
    {
        var (exit, output, error) = await Run("--version");
        Assert.Equal(0, exit);
        Assert.Matches(@"^recserve \d+\.\d+\.\d+\n$", output);
        Assert.Empty(error);
    }

    [Fact]
    public async Task Help_of_a_verb_ends_with_its_examples_even_when_required_options_are_absent()
    {
        var (exit, output, _) = await Run("work", "--help");
        Assert.Equal(0, exit);
        Assert.EndsWith("Example:\n  recserve work --data a.csv\n\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'recserve --help' shows", "wrok")]
    [InlineData("'recserve work --help' shows", "work", "--data")]
    [InlineData("'recserve work more --help' shows", "work", "more", "--nosuch")]
    [InlineData("'recserve work --help' shows", "work")]
    [InlineData("'recserve work --help' shows", "work", "--data", "a", "--rounds", "many")]
    [InlineData("'recserve work --help' shows", "work", "--data", "a", "@nosuchfile")]
    public async Task Bad_command_line_exits_2_with_a_hint(string hint, params string[] args)
    {
        var (exit, output, error) = await Run(args);
        Assert.Equal(2, exit);
        Assert.Empty(output);
        Assert.Contains(hint, error, StringComparison.Ordinal);
        Assert.InRange(error.Split('\n').Length, 3, 4);
    }

    [Fact]
    public async Task Value_of_the_wrong_type_is_told_without_type_names()
    {
        var (_, _, error) = await Run("work", "--data", "a", "--rounds", "many");
        Assert.StartsWith("Cannot parse argument 'many' for option '--rounds': a whole number is expected.\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verb_that_does_not_exist_is_told_in_one_line()
    {
        var (exit, _, error) = await Run("wrok");
        Assert.Equal((2, "Unrecognized command or argument 'wrok'.\n'recserve --help' shows the options and an example.\n"), (exit, error));
    }

    [Fact]
    public async Task Empty_value_is_a_usage_error_that_names_the_option()
    {
        var (exit, output, error) = await Run("work", "--data", "");
        Assert.Equal((2, "", "--data is given an empty value.\n'recserve work --help' shows the options and an example.\n"), (exit, output, error));
    }

    [Fact]
    public async Task Good_command_line_runs_the_verb_and_gives_its_exit_code()
    {
        var (exit, output, error) = await Run("work", "--data", "a.csv", "--rounds", "3");
        Assert.Equal((0, "a.csv 3\n", ""), (exit, output, error));
    }

    [Fact]
    public async Task Usage_exception_exits_2_with_message_and_hint()
    {
        var (exit, _, error) = await Run(Fail(() => new UsageException("--rounds is 0: at least 1 is needed.")), "work", "--data", "x");
        Assert.Equal(2, exit);
        Assert.Equal("--rounds is 0: at least 1 is needed.\n'recserve work --help' shows the options and an example.\n", error);
    }

    [Fact]
    public async Task Expected_exception_exits_1_with_its_message_alone()
    {
        var (exit, output, error) = await Run(Fail(() => new PackageException("manifest.json: not JSON at line 3.")), "work", "--data", "x");
        Assert.Equal((1, "", "manifest.json: not JSON at line 3.\n"), (exit, output, error));
    }

    [Fact]
    public async Task Unexpected_exception_exits_1_says_it_is_a_bug_and_shows_no_stack()
    {
        var (exit, _, error) = await Run(Fail(() => new InvalidOperationException("first\nsecond")), "work", "--data", "x");
        Assert.Equal(1, exit);
        Assert.Equal(
            "Unexpected InvalidOperationException: first\n" +
            "This is a bug in recserve. Run it again with RECSERVE_DEBUG=1 for the details to report.\n",
            error);
    }

    [Fact]
    public async Task Cancelled_verb_exits_1_and_says_so()
    {
        using var stop = new CancellationTokenSource();
        var verbs = Verbs(async (_, cancellation) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellation);
            return 0;
        });
        var (exit, _, error) = await Run(verbs, stop.Token, "work", "--data", "x");
        Assert.Equal((1, "Stopped before the work was done.\n"), (exit, error));
    }

    [Fact]
    public async Task Every_verb_has_help_with_an_example_of_itself()
    {
        foreach (var verb in Program.CreateVerbs())
        {
            var (exit, output, _) = await Run(Program.CreateVerbs(), default, verb.Name, "--help");
            Assert.Equal(0, exit);
            Assert.Contains($"  recserve {verb.Name} ", output[output.IndexOf("Example", StringComparison.Ordinal)..], StringComparison.Ordinal);
        }
    }

    private static Func<ParseResult, CancellationToken, Task<int>> Fail(Func<Exception> make) => (_, _) => throw make();

    private static Task<(int Exit, string Output, string Error)> Run(params string[] args) =>
        Run(Verbs(null), default, args);

    private static Task<(int Exit, string Output, string Error)> Run(Func<ParseResult, CancellationToken, Task<int>> action, params string[] args) =>
        Run(Verbs(action), default, args);

    private static async Task<(int Exit, string Output, string Error)> Run(
        IReadOnlyList<Command> verbs, CancellationToken cancellation, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var exit = await CommandLine.RunAsync(verbs, args, output, error, cancellation);
        return (exit, output.ToString(), error.ToString());
    }

    private static IReadOnlyList<Command> Verbs(Func<ParseResult, CancellationToken, Task<int>>? action)
    {
        var data = new Option<string>("--data") { Required = true };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 1 };
        var verb = new Verb("work", "Works.", "recserve work --data a.csv") { data, rounds, new Verb("more", "Works more.", "recserve work more") };
        verb.SetAction(action ?? ((parsed, _) =>
        {
            parsed.InvocationConfiguration.Output.WriteLine($"{parsed.GetValue(data)} {parsed.GetValue(rounds)}");
            return Task.FromResult(0);
        }));
        return [verb];
    }
}

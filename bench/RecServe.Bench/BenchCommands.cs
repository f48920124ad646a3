using System.CommandLine;
using RecServe.Artifacts;

namespace RecServe.Bench;

/// <summary>What this program does besides benchmarks: <c>package</c> makes a package to serve, <c>stages</c> splits a request's CPU time.</summary>
internal static class BenchCommands
{
    private static readonly Option<string> Model = new("--model") { Description = "lr, fm, mlp, deepfm, dcnv2 or dcnv2-stacked.", DefaultValueFactory = _ => "dcnv2" };
    private static readonly Option<int> UserFields = Count("--user-fields", "Fields of the user.", 20);
    private static readonly Option<int> ItemFields = Count("--item-fields", "Fields of the item.", 6);
    private static readonly Option<int> Dim = Count("--dim", "Floats of an embedding.", 16);
    private static readonly Option<int> Items = Count("--items", "Known items, i0 and so on.", 100_000);
    private static readonly Option<int> Users = Count("--users", "Known users, u0 and so on.", 10_000);
    private static readonly Option<int> Seed = new("--seed") { Description = "Seeds weights and values.", DefaultValueFactory = _ => 1 };
    private static readonly Option[] Size = [Model, UserFields, ItemFields, Dim, Items, Users, Seed];

    static BenchCommands() => Model.AcceptOnlyFromAmong("lr", "fm", "mlp", "deepfm", "dcnv2", "dcnv2-stacked");

    /// <summary>Names of the commands.</summary>
    public static bool IsCommand(string[] args) => args is ["package" or "stages", ..];

    /// <summary>Runs a command.</summary>
    public static int Run(string[] args) => new RootCommand("RecServe benchmarks") { Package(), Stages() }.Parse(args).Invoke();

    private static Command Package()
    {
        var directory = new Argument<string>("DIR") { Description = "The version directory to write, as models/synthetic/1." };
        var command = new Command("package", "Makes a package with random weights, for the load generator.") { directory };
        AddSize(command);
        command.SetAction(parsed =>
        {
            try
            {
                PackageWriter.Write(SyntheticPackage.Create(OptionsOf(parsed)), parsed.GetRequiredValue(directory));
                return 0;
            }
            catch (PackageException failure)
            {
                Console.Error.WriteLine(failure.Message);
                return 1;
            }
        });
        return command;
    }

    private static Command Stages()
    {
        Option<int> candidates = Count("--candidates", "Candidates of one request.", 500);
        var seconds = new Option<double>("--seconds") { Description = "CPU seconds to measure, after half of it to warm up.", DefaultValueFactory = _ => 4 };
        var json = new Option<bool>("--json") { Description = "One line of JSON." };
        var command = new Command("stages", "CPU time of each stage of a request, in process.") { candidates, seconds, json };
        AddSize(command);
        command.SetAction(parsed => StageProfile.Run(OptionsOf(parsed), parsed.GetValue(candidates), parsed.GetValue(seconds), parsed.GetValue(json)));
        return command;
    }

    private static void AddSize(Command command)
    {
        foreach (Option option in Size)
            command.Options.Add(option);
    }

    private static SyntheticOptions OptionsOf(ParseResult parsed) => new()
    {
        Model = parsed.GetRequiredValue(Model),
        UserFields = parsed.GetValue(UserFields),
        ItemFields = parsed.GetValue(ItemFields),
        Dim = parsed.GetValue(Dim),
        Items = parsed.GetValue(Items),
        Users = parsed.GetValue(Users),
        Seed = parsed.GetValue(Seed),
    };

    private static Option<int> Count(string name, string description, int value)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError($"{name} is at least 1.");
        });
        return option;
    }
}

using System.CommandLine;
using RecServe.LoadGen;

var url = new Option<string>("--url") { Description = "The server, http only.", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
var model = new Option<string?>("--model") { Description = "A model's name, also name@version; the server's default model without it." };
var candidates = Count("--candidates", "Candidates of one request.", 500);
var k = Count("--k", "Items that an answer returns.", 10);
var catalog = Count("--catalog", "Item ids to draw candidates from.", 10_000);
var users = Count("--users", "User ids to draw from.", 10_000);
var zipf = new Option<double>("--zipf") { Description = "Slope of the popularity of items and users, 0 for none.", DefaultValueFactory = _ => 0.8 };
var itemFormat = new Option<string>("--item-format") { Description = "How a number becomes an item's id.", DefaultValueFactory = _ => "i{0}" };
var userFormat = new Option<string>("--user-format") { Description = "How a number becomes a user's id.", DefaultValueFactory = _ => "u{0}" };
var seconds = new Option<double>("--seconds") { Description = "Measured seconds of each of the six steps.", DefaultValueFactory = _ => 10 };
var warmup = new Option<double>("--warmup") { Description = "Seconds of load before anything is measured.", DefaultValueFactory = _ => 5 };
var connections = Count("--connections", "Connections of the open loop.", 64);
var seed = new Option<int>("--seed") { Description = "Seeds ids and arrival times.", DefaultValueFactory = _ => 1 };
var json = new Option<bool>("--json") { Description = "End with one line of JSON on standard output; the table goes to standard error." };

var root = new RootCommand("Measures a rank server over HTTP: saturation from closed loops, then latencies of open loops at 25, 50, 70 and 90 % of it.")
{
    url, model, candidates, k, catalog, users, zipf, itemFormat, userFormat, seconds, warmup, connections, seed, json,
};
root.SetAction(async parsed =>
{
    if (!Uri.TryCreate(parsed.GetValue(url), UriKind.Absolute, out var server) || server.Scheme != "http")
    {
        return Refuse($"--url {parsed.GetValue(url)}: an address like http://127.0.0.1:8080 is expected.");
    }

    foreach (var count in (Option<int>[])[candidates, k, catalog, users, connections])
    {
        if (parsed.GetValue(count) < 1)
        {
            return Refuse($"{count.Name} {parsed.GetValue(count)}: at least 1 is needed.");
        }
    }

    if (parsed.GetValue(candidates) > parsed.GetValue(catalog))
    {
        return Refuse($"--candidates {parsed.GetValue(candidates)} is more than --catalog {parsed.GetValue(catalog)}: candidates are all different.");
    }

    var options = new LoadOptions
    {
        Url = server,
        Model = parsed.GetValue(model),
        Candidates = parsed.GetValue(candidates),
        K = parsed.GetValue(k),
        Catalog = parsed.GetValue(catalog),
        Users = parsed.GetValue(users),
        Zipf = parsed.GetValue(zipf),
        ItemFormat = parsed.GetRequiredValue(itemFormat),
        UserFormat = parsed.GetRequiredValue(userFormat),
        Seconds = parsed.GetValue(seconds),
        WarmupSeconds = parsed.GetValue(warmup),
        Connections = parsed.GetValue(connections),
        Seed = parsed.GetValue(seed),
    };
    var report = await new LoadRun(options, parsed.GetValue(json) ? Console.Error : Console.Out).RunAsync();
    if (report is null)
    {
        return 1;
    }

    if (parsed.GetValue(json))
    {
        Console.WriteLine(report.ToJson());
    }

    return 0;
});
return root.Parse(args).Invoke();

static Option<int> Count(string name, string description, int value) => new(name) { Description = description, DefaultValueFactory = _ => value };

static int Refuse(string message)
{
    Console.Error.WriteLine(message);
    return 2;
}

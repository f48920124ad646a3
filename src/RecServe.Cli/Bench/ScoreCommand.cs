using System.CommandLine;
using RecServe.Cli.Terminal;

namespace RecServe.Cli.Bench;

/// <summary><c>recserve bench score</c>.</summary>
internal static class ScoreCommand
{
    private const string DefaultLibrary = "bench/peers/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1";

    internal static Verb Create()
    {
        var defaults = new ScoreBenchOptions();
        var model = new Option<string>("--model") { Description = "Kind of model, of random weights.", DefaultValueFactory = _ => defaults.Model };
        model.AcceptOnlyFromAmong(ScoreBenchOptions.Models);
        var plan = new Option<string>("--plan") { Description = "exact, or kept: also with what users share, and items' parts of the first layers in 16 bits a number, kept for requests to come.", DefaultValueFactory = _ => "exact" };
        plan.AcceptOnlyFromAmong("exact", "kept");
        Option<int> returning = Number("--returning", "Percent of the requests whose user is one of the last 100.", defaults.Returning, 0, 100);
        Option<int> userMegabytes = Number("--kept-users-mb", "Megabytes for kept users.", (int)(defaults.KeptUserBytes >> 20), 1, 65_536);
        Option<int> itemMegabytes = Number("--kept-items-mb", "Megabytes for kept items.", (int)(defaults.KeptItemBytes >> 20), 1, 4096);
        Option<int> candidates = Number("--candidates", "Candidates of a request.", defaults.Candidates, 1, 100_000);
        Option<int> users = Number("--user-fields", "Fields of the user.", defaults.UserFields, 0, 200);
        Option<int> items = Number("--item-fields", "Fields of the item.", defaults.ItemFields, 1, 200);
        Option<int> dim = Number("--dim", "Floats of an embedding.", defaults.Dim, 1, 256);
        Option<int> threads = Number("--threads", "Threads that score requests of their own at the same time.", defaults.Threads, 1, 64);
        Option<int> catalog = Number("--items", "Items that candidates are drawn from, by a Zipf law with exponent 1.05.", defaults.Items, 1, 10_000_000);
        Option<int> seconds = Number("--seconds", "Seconds to measure.", defaults.Seconds, 0, 600);
        Option<int> gemmSeconds = Number("--gemm-seconds", "Seconds to measure each of three single layers beside multiply-adds in registers.", defaults.GemmSeconds, 0, 600);
        Option<int> seed = Number("--seed", "Seed of weights and requests.", defaults.Seed, 0, int.MaxValue - 1);
        var peer = new Option<string>("--peer") { Description = "Also run the model exported to ONNX by this peer.", DefaultValueFactory = _ => "none" };
        peer.AcceptOnlyFromAmong("none", "onnxruntime");
        var library = new Option<string>("--onnxruntime") { Description = "Path of ONNX Runtime's library.", DefaultValueFactory = _ => DefaultLibrary };
        var json = new Option<bool>("--json") { Description = "Write one JSON object." };
        var verb = new Verb("score", "Score requests by the cheapest exact plan, beside the plain full batch and ONNX Runtime on the same weights and inputs.",
            "recserve bench score --model dcnv2 --candidates 500 --user-fields 20 --item-fields 6 --dim 16 --threads 1 --peer onnxruntime --json",
            "recserve bench score --plan kept --returning 50 --model dcnv2 --candidates 50 --seconds 3")
        {
            plan, model, candidates, users, items, dim, threads, catalog, returning, userMegabytes, itemMegabytes, seconds, gemmSeconds, seed, peer, library, json,
        };
        verb.SetAction((parsed, cancellation) =>
        {
            InvocationConfiguration console = parsed.InvocationConfiguration;
            var options = new ScoreBenchOptions
            {
                Model = parsed.GetValue(model)!,
                Kept = parsed.GetValue(plan) == "kept",
                Returning = parsed.GetValue(returning),
                KeptUserBytes = (long)parsed.GetValue(userMegabytes) << 20,
                KeptItemBytes = (long)parsed.GetValue(itemMegabytes) << 20,
                Candidates = parsed.GetValue(candidates),
                UserFields = parsed.GetValue(users),
                ItemFields = parsed.GetValue(items),
                Dim = parsed.GetValue(dim),
                Threads = parsed.GetValue(threads),
                Items = parsed.GetValue(catalog),
                Seconds = parsed.GetValue(seconds),
                GemmSeconds = parsed.GetValue(gemmSeconds),
                Seed = parsed.GetValue(seed),
                Peer = parsed.GetValue(peer) == "none" ? null : Path.GetFullPath(parsed.GetValue(library)!),
            };
            ScoreBenchResult result = new ScoreBench(options, new LineProgress(console.Error)).Run(cancellation);
            if (parsed.GetValue(json))
                console.Output.WriteLine(ScoreReport.ToJson(options, result));
            else
                ScoreReport.WriteText(options, result, console.Output);
            return Task.FromResult(ExitCode.Ok);
        });
        return verb;
    }

    private static Option<int> Number(string name, string description, int value, int least, int most)
    {
        var option = new Option<int>(name) { Description = $"{description} {least:N0} to {most:N0}.", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is int given && (given < least || given > most))
                result.AddError($"{name} is {given}; it must be {least} to {most}.");
        });
        return option;
    }
}

using System.CommandLine;
using System.Globalization;
using RecServe.Artifacts;
using RecServe.Cli.Compress;
using RecServe.Cli.Terminal;
using RecServe.Cli.Train;
using RecServe.Compression;
using RecServe.Compression.Networks;
using RecServe.Compression.Reports;
using RecServe.Training.Data;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve compress</c>: a package in, a smaller one out.</summary>
internal static class CompressVerb
{
    internal static Command Create()
    {
        var package = new Argument<string>("package") { Description = "The version directory of the package to compress, DIR/name/version; it is not changed." };
        var data = new PackageDataOptions();
        var budget = new Option<string?>("--budget") { Description = "Most bytes of the embedding rows, as a share of what they take now: 30% or 0.3." };
        var drop = new Option<double?>("--max-auc-drop") { Description = "Most that the AUC may fall, 0 to 1, such as 0.0005: the smallest package that keeps to it with 95 % confidence on samples that were not tuned on." };
        var method = new Option<string>("--method") { Description = $"{string.Join(", ", MethodNames.All)}.", DefaultValueFactory = _ => "auto" };
        method.AcceptOnlyFromAmong([.. MethodNames.All]);
        var epochs = new Option<int>("--finetune-epochs") { Description = "Passes over the training samples with quantized rows, 0 to 100; 0 trains nothing.", DefaultValueFactory = _ => 2 };
        var cut = new Option<double?>("--cut-dims") { Description = "Shorten rows first, field by field: the share of the variance of the first layer's inputs that may be lost, 0 to below 1, such as 0.001. For mlp." };
        var previous = new Option<string?>("--previous") { Description = "A package that an earlier compression made: in the tiers of shark, rows stay as they are stored there unless their priority has moved by more than --hysteresis." };
        var hysteresis = new Option<double>("--hysteresis") { Description = "How far a row's priority must move to change its tier, 0 to 10: 0.1 is by 10 %.", DefaultValueFactory = _ => 0.1 };
        var threads = new Option<int>("--threads") { Description = "Threads that compute, 1 to 64; the package does not depend on it.", DefaultValueFactory = _ => Math.Min(64, Environment.ProcessorCount) };
        var target = new Option<string>("--out") { Description = "The compressed package's version directory; must not exist or be empty. It gets report.html and report.json too.", Required = true };
        var json = new Option<bool>("--json") { Description = "End with one JSON object on one line." };
        var verb = new Verb("compress",
            "Make a package smaller: fields that matter little go, rows are stored in as few bits as the loss allows, what was lost is trained back. Give the data and the split that the package was trained with.",
            "recserve compress models/clicks/1 --data clicks.csv --split random:80/10/10 --budget 30% --out models/clicks/2",
            "recserve compress models/clicks/1 --train a.csv --valid b.csv --test c.csv --max-auc-drop 0.0005 --out models/clicks/2 --json") { package };
        foreach (Option option in (IEnumerable<Option>)[.. data.All, budget, drop, method, epochs, cut, previous, hysteresis, threads, target, json])
            verb.Add(option);
        verb.SetAction(async (parsed, cancellation) =>
        {
            var options = new CompressionOptions
            {
                Method = MethodNames.Parse(parsed.GetValue(method)!),
                Budget = parsed.GetValue(budget) is { } text ? Share(text) : null,
                MaxAucDrop = parsed.GetValue(drop) is { } limit ? limit is >= 0 and <= 1 ? limit : throw new UsageException("--max-auc-drop must be from 0 to 1") : null,
                CutDims = parsed.GetValue(cut) is { } share ? share is >= 0 and < 1 ? share : throw new UsageException("--cut-dims must be from 0 to below 1") : null,
                Hysteresis = parsed.GetValue(hysteresis) is var far and >= 0 and <= 10 ? far : throw new UsageException("--hysteresis must be from 0 to 10"),
                Threads = Usage.InRange("--threads", parsed.GetValue(threads), 1, 64),
            };
            if (options.Budget is null && options.MaxAucDrop is null)
                throw new UsageException("say how small or how good: --budget 30%, --max-auc-drop 0.0005, or both");
            int passes = Usage.InRange("--finetune-epochs", parsed.GetValue(epochs), 0, 100);
            string path = parsed.GetValue(package)!, folder = parsed.GetValue(target)!;
            Usage.RequireFreePackage(folder);
            ModelPackage source = PackageReader.Read(path);
            if (PackageNetwork.Obstacle(source) is { } obstacle)
                throw new CompressionException(obstacle);
            DataSource where = data.Source(parsed, source);
            if (parsed.GetValue(previous) is { } earlier)
                options = options with { Previous = Previous(earlier, source) };
            options = options with { Finetune = CompressionRecord.Finetune(source) with { Epochs = passes, Seed = data.Seed(parsed) } };

            TimeProvider time = TimeProvider.System;
            long start = time.GetTimestamp();
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            (CompressionResult result, CompressionData samples) = await ConsoleProgress.RunAsync(error, ConsoleProgress.IsTerminal, time, progress =>
            {
                (Dataset train, Dataset valid, Dataset test) = PackageDataReader.Read(where, source, new Mapped<ReadProgress>(read => progress.Report(TrainReport.Step(read))), cancellation);
                var read = new CompressionData(train, valid, test);
                return (Compressor.Compress(source, read, options, new Mapped<CompressionProgress>(step => progress.Report(new ProgressStep(step.Stage, step.Fraction, step.Detail))), cancellation), read);
            }).ConfigureAwait(false);
            ModelPackage written = result.Package with { Compression = CompressionRecord.ToJson(source, PackageReader.ReadManifest(path), samples, options, result) };
            cancellation.ThrowIfCancellationRequested();
            PackageWriter.Write(written, folder);
            double seconds = time.GetElapsedTime(start).TotalSeconds;
            string report = CompressionReport.ToJson(result, options, folder);
            ReportFile.Write(Path.Combine(folder, "report.json"), report + "\n");
            ReportFile.Write(Path.Combine(folder, "report.html"), CompressionReport.ToHtml(result, Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(folder))) ?? "package"));
            CompressReport.WriteText(result, options.Budget, folder, seconds, parsed.GetValue(json) ? error : output);
            if (parsed.GetValue(json))
                output.WriteLine(CompressReport.ToJson(result, options.Budget, folder, seconds));
            return ExitCode.Ok;
        });
        return verb;
    }

    private static ModelPackage Previous(string path, ModelPackage source)
    {
        ModelPackage previous = PackageReader.Read(path);
        return previous.Lineage == source.Lineage ? previous
            : throw new UsageException($"--previous {path} is of another training run (lineage {previous.Lineage}) than the package (lineage {source.Lineage})");
    }

    internal static double Share(string text)
    {
        bool percent = text.EndsWith('%');
        double share = double.TryParse(percent ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number / (percent ? 100 : 1) : double.NaN;
        return share is > 0 and <= 1 ? share : throw new UsageException($"--budget must be a share above 0 % up to 100 %, such as 30% or 0.3, not '{text}'");
    }
}

using System.CommandLine;
using RecServe.Artifacts;
using RecServe.Cli.Terminal;
using RecServe.Ranking;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve export</c>: a package's dense part in a format that other programs run; <c>recserve export examples</c>: events as training data; <c>recserve export events</c>: events from Kafka.</summary>
internal static class ExportVerb
{
    internal static Command Create()
    {
        var directory = new Argument<string>("directory") { Description = "The version directory, DIR/name/version." };
        var target = new Option<string>("--onnx") { Description = "The ONNX file to write; it must not exist yet.", Required = true };
        var verb = new Verb("export", "Write the dense part of a package, all that comes after the embedding tables, as an ONNX model. "
            + "Input x: the embeddings of all fields in the package's order; linear: their first-order weights, where they have them. Output: logit.",
            "recserve export models/clicks/1 --onnx clicks.onnx")
        {
            directory, target, ExamplesExport.Create(), EventsExport.Create(),
        };
        verb.SetAction((parsed, _) =>
        {
            string path = parsed.GetValue(target)!;
            byte[] model = OnnxExport.Write(PackageReader.Read(parsed.GetValue(directory)!));
            using (var file = new FileStream(path, FileMode.CreateNew))
                file.Write(model);
            parsed.InvocationConfiguration.Error.WriteLine($"wrote {path}, {model.Length:N0} bytes");
            return Task.FromResult(ExitCode.Ok);
        });
        return verb;
    }
}

using System.CommandLine;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RecServe.Artifacts;
using RecServe.Cli.Import;
using RecServe.Cli.Terminal;
using RecServe.Cli.Train;
using RecServe.Features;
using RecServe.Ranking;
using RecServe.Training.Data;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve import</c>: a model that was trained elsewhere, as a package that <c>serve</c> serves.</summary>
internal static class ImportVerb
{
    internal static Command Create()
    {
        var onnx = new Option<string>("--onnx") { Description = "The graph after the embeddings: a perceptron with ReLU, or DCN-v2, whose input is the embeddings of all fields one after another (or an input of its name a field) and whose output is the logit or its sigmoid.", Required = true };
        var tables = new Option<string>("--tables") { Description = "The embedding rows: a folder of .npy (and .txt) files, or a safetensors file. Tensors of a field F: F.rows, and F.values, F.ids or F.keys.", Required = true };
        var schema = new Option<string>("--schema") { Description = "The schema file: the fields, their sides, kinds and dims.", Required = true };
        var order = new Option<string?>("--order") { Description = "Names of the fields in the order of the graph's one input, separated by commas [default: fields of user and context as the schema has them, then those of the item]." };
        var target = new Option<string>("--out") { Description = "The package's version directory, DIR/name/version; must not exist or be empty.", Required = true };
        var verb = new Verb("import", "Make a package of a model that was trained elsewhere: its dense part from ONNX, its tables from NumPy or safetensors files.",
            "recserve import --onnx clicks.onnx --tables clicks-tables --schema schema.json --out models/clicks/1",
            "recserve import --onnx clicks.onnx --tables tables.safetensors --schema schema.json --order item,user,country --out models/clicks/1")
        {
            onnx, tables, schema, order, target,
        };
        verb.SetAction((parsed, _) =>
        {
            string folder = parsed.GetValue(target)!, place = parsed.GetValue(tables)!, graph = parsed.GetValue(onnx)!;
            Usage.RequireFreePackage(folder);
            DataSchema known = SchemaSource.Load(parsed.GetValue(schema)!);
            if (known.Tasks.Count > 1)
                throw new UsageException("a model of several tasks cannot be imported: the schema must have 'label'");
            IReadOnlyList<FieldSchema> fields = ModelOrder.Of(known);
            using ITensorFiles files = Directory.Exists(place) ? new TensorFolder(place) : new TensorFile(place);
            var imported = new ImportedTables(files);
            PackageField[] described = [.. fields.Select(imported.Field)];
            byte[] bytes = File.ReadAllBytes(graph);
            (ModelArchitecture architecture, IReadOnlyList<DenseTensor> dense) = OnnxImport.Read(bytes, graph, described, parsed.GetValue(order)?.Split(','));
            PackageTable[] rows = [.. fields.Select(imported.Table)];
            var package = new ModelPackage
            {
                Lineage = Lineage(bytes, rows),
                Schema = DataSchemaJson.ToElement(known),
                Fields = described,
                Architecture = architecture,
                Dense = dense,
                Tables = rows,
            };
            ScorerFactory.Create(package);
            PackageWriter.Write(package, folder);
            foreach (string name in imported.Left)
                parsed.InvocationConfiguration.Error.WriteLine($"tensor '{name}' belongs to no field and was left");
            parsed.InvocationConfiguration.Output.WriteLine($"{Name(architecture)} of {fields.Count} fields, {package.Tables.Sum(table => (long)table.RowCount):N0} rows\npackage  {folder}");
            return Task.FromResult(ExitCode.Ok);
        });
        return verb;
    }

    // Of the weights and the rows: another import of the same model may share rows with this one, of another it must not.
    private static string Lineage(byte[] graph, PackageTable[] tables)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(graph);
        foreach (PackageTable table in tables)
        {
            hash.AppendData(MemoryMarshal.AsBytes(table.Keys.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(table.Rows.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }

    private static string Name(ModelArchitecture architecture) => architecture.Structure is { } structure ? $"{architecture.Kind} ({structure})" : architecture.Kind;
}

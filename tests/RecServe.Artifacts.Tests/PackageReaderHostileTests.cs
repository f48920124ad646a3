using System.Text.Json.Nodes;

namespace RecServe.Artifacts.Tests;

/// <summary>Damaged and hostile packages: each is refused with exactly this message, after the name of the package.</summary>
public sealed class PackageReaderHostileTests : IDisposable
{
    private const string Users = "tables/000-userId.safetensors", Items = "catalogs/items.safetensors", Dense = "dense.safetensors";

    private static readonly Dictionary<string, (Action<DamagedPackage> Damage, string Message)> Cases = new()
    {
        // The manifest as a document.
        ["no manifest"] = (p => File.Delete(p.PathOf("manifest.json")), "manifest.json is missing: not a model package"),
        ["manifest without format"] = (p => p.Manifest(m => m.AsObject().Remove("format")), "manifest.json: member 'format' is missing"),
        ["another format"] = (p => p.Manifest(m => m["format"] = "onnx"), "manifest.json: format: is 'onnx', expected 'recserve.package'"),
        ["a later version"] = (p => p.Manifest(m => m["format_version"] = 2), "manifest.json: format_version: is 2, this program reads version 1"),
        ["version as text"] = (p => p.Manifest(m => m["format_version"] = "1"), "manifest.json: format_version: expected a whole number from 0 to 2147483647, found \"1\""),
        ["manifest is an array"] = (p => File.WriteAllText(p.PathOf("manifest.json"), "[]"), "manifest.json: expected an object"),
        ["manifest over the limit"] = (p => p.Bytes("manifest.json", b => [.. b, .. new byte[PackageLimits.ManifestBytes]]), "manifest.json: has *N* bytes, the limit is 16777216"),
        ["metric is infinite"] = (p => p.ManifestText("\"test_auc\": 0.625", "\"test_auc\": 1e999"), "manifest.json: metrics.test_auc: expected a finite number, found 1e999"),
        ["negative dim"] = (p => p.Manifest(m => m["fields"]![1]!["dim"] = -1), "manifest.json: fields[1].dim: expected a whole number from 0 to 1024, found -1"),
        ["deviation 0"] = (p => p.Manifest(m => m["fields"]![1]!["deviation"] = 0), "manifest.json: field 'age': mean 33.5 and deviation 0 must be finite, deviation above 0"),
        ["no fields"] = (p => p.Manifest(m => m["fields"] = new JsonArray()), "manifest.json: fields: has 0 entries, expected 1 to 1024"),
        ["field twice"] = (p => p.Manifest(m => m["fields"]![1]!["name"] = "userId"), "manifest.json: field 'userId' stands twice"),
        ["too many files"] = (p => p.Manifest(m => m["files"] = new JsonArray([.. Enumerable.Repeat(0, 4097).Select(_ => (JsonNode)new JsonObject())])), "manifest.json: files: has 4097 entries, the limit is 4096"),
        ["unknown kind"] = (p => p.Manifest(m => m["architecture"]!["kind"] = "bert"), "manifest.json: architecture: kind 'bert' is not known (lr, fm, mlp, deepfm, dcnv2, mmoe, ple, moe)"),
        ["dcnv2 without structure"] = (p => p.Manifest(m => m["architecture"]!["structure"] = null), "manifest.json: architecture: structure '' does not fit kind 'dcnv2' (dcnv2: parallel or stacked; others: none)"),
        ["no cross layers"] = (p => p.Manifest(m => m["architecture"]!["cross_layers"] = 0), "manifest.json: architecture: cross_layers has 0 layers, kind 'dcnv2' wants 1 to 64"),
        ["too many cross experts"] = (p => p.Manifest(m => m["architecture"]!["cross_mixture"] = Mixture(17, 2)), "manifest.json: architecture.cross_mixture.experts: expected a whole number from 1 to 16, found 17"),
        ["no cross experts"] = (p => p.Manifest(m => m["architecture"]!["cross_mixture"] = Mixture(0, 2)), "manifest.json: architecture.cross_mixture.experts: expected a whole number from 1 to 16, found 0"),
        ["cross experts wider than x"] = (p => p.Manifest(m => m["architecture"]!["cross_mixture"] = Mixture(2, 13)), "manifest.json: architecture: cross_mixture.rank is 13, expected 1 to 12, the floats of all embeddings"),
        ["cross experts without rank"] = (p => p.Manifest(m => m["architecture"]!["cross_mixture"] = new JsonObject { ["experts"] = 2 }), "manifest.json: architecture.cross_mixture: member 'rank' is missing"),
        ["cross experts without tensors"] = (p => p.Manifest(m => m["architecture"]!["cross_mixture"] = Mixture(2, 3)), $"{Dense}: tensor 'cross.0.in.weight' is missing"),
        ["cross experts in mlp"] = (MixtureInMlp, "manifest.json: architecture: cross_mixture is there, kind 'mlp' has no cross layers"),
        ["linear weights in dcnv2"] = (p => p.Manifest(m => m["fields"]![0]!["linear"] = true), "manifest.json: field 'userId': linear is true, kind 'dcnv2' wants false"),
        ["table of another field"] = (p => p.Manifest(m => m["tables"]![1]!["name"] = "userId"), "manifest.json: tables[1]: 'userId' of width 4, fields[1] is 'age' of width 4"),
        ["unknown entity"] = (p => p.Manifest(m => m["catalogs"]![1]!["entity"] = "shops"), "manifest.json: catalogs: entity 'shops' is not known (items, users)"),
        ["short checksum"] = (p => p.Manifest(m => m["files"]![0]!["sha256"] = "abc"), "manifest.json: files[0].sha256: expected 64 lower-case hexadecimal digits"),

        // Paths.
        ["path out of the package"] = (p => p.Manifest(m => m["files"]![0]!["path"] = "../../etc/passwd"), Plain("files[0].path", "../../etc/passwd")),
        ["absolute path"] = (p => p.Manifest(m => m["tables"]![0]!["file"] = "/etc/passwd"), Plain("tables[0].file", "/etc/passwd")),
        ["path with a backslash"] = (p => p.Manifest(m => m["catalogs"]![0]!["file"] = "catalogs\\items"), Plain("catalogs[0].file", "catalogs\\items")),
        ["file listed twice"] = (p => p.Manifest(m => m["files"]![1]!["path"] = "catalogs/ITEMS.safetensors"), "manifest.json: files: 'catalogs/ITEMS.safetensors' stands twice or is the manifest itself"),
        ["file not listed"] = (p => p.Manifest(m => m["files"]!.AsArray().RemoveAt(3)), $"manifest.json: files: '{Users}' is not listed"),

        // Files against the manifest.
        ["file missing"] = (p => File.Delete(p.PathOf(Users)), $"{Users}: is missing"),
        ["file truncated"] = (p => p.Bytes(Users, b => b[..^3]), $"{Users}: has *N* bytes, the manifest says *N*"),
        ["file longer"] = (p => p.Bytes(Users, b => [.. b, 0]), $"{Users}: has *N* bytes, the manifest says *N*"),
        ["one bit edited"] = (p => p.Bytes(Dense, Flipped), $"{Dense}: sha256 is *N*, the manifest says *N*"),

        // Contents, with true checksums.
        ["tensor renamed"] = (p => p.Header(Users, "\"default\"", "\"defaulT\""), $"{Users}: tensor 'default' is missing"),
        ["dense tensor renamed"] = (p => p.Header(Dense, "\"mlp.0.bias\"", "\"mlp.7.bias\""), $"{Dense}: tensor 'mlp.0.bias' is missing"),
        ["dense tensor of another shape"] = (p => p.Manifest(m => m["architecture"]!["hidden"]![0] = 6), $"{Dense}: tensor 'mlp.0.weight' is [5, 12], expected [6, 12]"),
        ["dense tensor too many"] = (p => p.Manifest(m => m["architecture"]!["cross_layers"] = 1), $"{Dense}: tensor 'cross.1.bias' is no part of kind 'dcnv2'"),
        ["NaN in a dense weight"] = (p => p.Element(Dense, "mlp.0.weight", 25, float.NaN), $"{Dense}: tensor 'mlp.0.weight': [2, 1] is NaN"),
        ["infinity in a row"] = (p => p.Element(Users, "rows.fp32", 6, float.PositiveInfinity), $"{Users}: row 1 (key 7), float 2 is Infinity"),
        ["NaN in the default row"] = (p => p.Element(Users, "default", 3, float.NaN), $"{Users}: 'default' float 3 is NaN"),
        ["keys not ascending"] = (p => p.Element(Users, "keys.fp32", 1, 2UL), $"{Users}: keys must ascend strictly, key 1 is 2 after 2"),
        ["rows of another count"] = (p => p.Manifest(m => m["tables"]![0]!["rows"] = 5), $"{Users}: tensor 'keys.fp32' is U64 [4], expected U64 [5]"),
        ["catalog of another count"] = (p => p.Manifest(m => m["catalogs"]![0]!["count"] = 2), $"{Items}: tensor 'ids.offsets' is I32 [4], expected I32 [3]"),
        ["catalog offsets descend"] = (p => p.Element(Items, "ids.offsets", 1, 6), $"{Items}: ids: offset 2 is 5 after 6"),
        ["catalog offsets beyond the ids"] = (p => p.Element(Items, "ids.offsets", 3, 8), $"{Items}: ids: offsets must run from 0 to 7"),
        ["catalog id twice"] = (TwoEqualIds, $"{Items}: id 'i1' stands twice"),
        ["catalog weight NaN"] = (p => p.Element(Items, "column.genres/日本.weights", 2, float.NaN), $"{Items}: column 'genres/日本': weight 2 is NaN"),
        ["catalog column of no field"] = (p => p.Manifest(m => m["catalogs"]![0]!["columns"]![0] = "price"), $"{Items}: tensor 'column.price.keys' is missing"),
    };

    private static JsonObject Mixture(int experts, int rank) => new() { ["experts"] = experts, ["rank"] = rank };

    private static void MixtureInMlp(DamagedPackage package) => package.Manifest(m =>
    {
        m["architecture"]!["kind"] = "mlp";
        m["architecture"]!["structure"] = null;
        m["architecture"]!["cross_layers"] = 0;
        m["architecture"]!["cross_mixture"] = Mixture(2, 3);
    });

    private readonly TemporaryDirectory _temp = new();

    public static TheoryData<string> Names => [.. Cases.Keys];

    public void Dispose() => _temp.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_damaged_package_says_what_is_wrong(string name)
    {
        string directory = _temp["17"];
        PackageWriter.Write(SamplePackage.Of("dcnv2"), directory);
        Cases[name].Damage(new DamagedPackage(directory));
        string message = Assert.Throws<PackageException>(() => PackageReader.Read(directory)).Message;
        string pattern = System.Text.RegularExpressions.Regex.Escape($"package {directory}: {Cases[name].Message}").Replace(@"\*N\*", "[0-9a-f]+", StringComparison.Ordinal);
        Assert.Matches($"^{pattern}$", message);
    }

    [Fact]
    public void Read_a_directory_that_does_not_exist_says_so() => Assert.Equal(
        $"package {_temp["none"]}: manifest.json is missing: not a model package",
        Assert.Throws<PackageException>(() => PackageReader.ReadManifest(_temp["none"])).Message);

    [Theory]
    [InlineData("{\"format\":\"recserve.package\",", "not valid JSON")]
    [InlineData("{\"format\":\"\\ud800\",\"format_version\":1}", "not valid JSON")]
    [InlineData("{\"format\":\"recserve.package\",\"format\":\"recserve.package\"}", "not valid JSON")]
    public void Read_manifest_of_broken_json_names_the_manifest(string text, string reason)
    {
        Directory.CreateDirectory(_temp["1"]);
        File.WriteAllText(Path.Combine(_temp["1"], "manifest.json"), text);
        string message = Assert.Throws<PackageException>(() => PackageReader.ReadManifest(_temp["1"])).Message;
        Assert.StartsWith($"package {_temp["1"]}: manifest.json: {reason}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_every_single_truncated_file_is_refused_by_its_name()
    {
        PackageWriter.Write(SamplePackage.Of("deepfm"), _temp["1"]);
        foreach (ManifestFile file in PackageReader.ReadManifest(_temp["1"]).Files)
        {
            string path = Path.Combine(_temp["1"], file.Path);
            byte[] whole = File.ReadAllBytes(path);
            foreach (int length in (int[])[0, 7, whole.Length / 2, whole.Length - 1])
            {
                File.WriteAllBytes(path, whole[..length]);
                Assert.Equal(
                    $"package {_temp["1"]}: {file.Path}: has {length} bytes, the manifest says {whole.Length}",
                    Assert.Throws<PackageException>(() => PackageReader.Read(_temp["1"])).Message);
            }

            File.WriteAllBytes(path, whole);
        }

        PackageEquality.AssertSame(SamplePackage.Of("deepfm"), PackageReader.Read(_temp["1"]));
    }

    private static string Plain(string member, string path) =>
        $"manifest.json: {member}: '{path}' is not a plain path inside the package (segments of A-Z a-z 0-9 . - _ that do not start with a dot)";

    private static void TwoEqualIds(DamagedPackage package)
    {
        package.Element(Items, "ids.offsets", 2, 4);
        package.Element(Items, "ids.bytes", 3, (byte)'1');
    }

    private static byte[] Flipped(byte[] bytes)
    {
        bytes[^1] ^= 1;
        return bytes;
    }
}

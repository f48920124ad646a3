using Microsoft.Extensions.Logging;
using RecServe.Api.Rows;
using RecServe.Api.Telemetry;
using RecServe.Artifacts;
using RecServe.Embeddings;

namespace RecServe.Api.Models;

/// <summary>
/// Reads a models folder (<c>DIR/name/version/</c>): of every model the newest <see cref="ServingOptions.VersionsPerModel"/> versions. A package
/// that cannot be read is reported and left out; the others are served.
/// </summary>
internal sealed class ModelLoader(ServingOptions options, ServingMetrics metrics, NodeRows rows, ILogger<ModelLoader> log)
{
    // By folder, with the time of its manifest: a package that was found broken is not read again until it changes.
    private readonly Dictionary<string, (DateTime Written, BrokenPackage Package)> _known = [];
    private readonly List<BrokenPackage> _broken = [];
    private ModelSet? _served;

    /// <summary>Loads the folder.</summary>
    /// <exception cref="ServingException">There is no folder, or nothing in it can be served; the message says why.</exception>
    public ModelSet Load()
    {
        string root = options.ModelsDirectory;
        if (!Directory.Exists(root))
            throw new ServingException($"the models folder {root} does not exist");
        if (File.Exists(Path.Combine(root, PackageManifest.FileName)))
            throw new ServingException($"{root} is a model package itself; name the folder that holds name/version/");
        if (Folders(root).FirstOrDefault(folder => File.Exists(Path.Combine(folder, PackageManifest.FileName))) is { } version)
            throw new ServingException($"{root} is the folder of one model ({Path.GetFileName(version)} is a version of it); name the folder that holds name/version/");
        var models = new List<ServedModel>();
        foreach (string directory in Folders(root))
        {
            if (LoadModel(directory) is { } model)
                models.Add(model);
        }

        if (models.Count == 0)
        {
            throw new ServingException(_broken.Count == 0
                ? $"the models folder {root} holds no package; it must be laid out as {root}/name/version/{PackageManifest.FileName}"
                : $"the models folder {root} holds no package that can be served: " + string.Join("; ", _broken.Select(b => b.Reason)));
        }

        return new ModelSet(models, [.. _broken], options.DefaultModel);
    }

    /// <summary>
    /// Looks into the folder again; versions that are served already are kept as they are. Should nothing be left that can be served, the served set stays.
    /// </summary>
    /// <returns>The next set, or null if nothing changed.</returns>
    public ModelSet? Reload(ModelSet served)
    {
        _served = served;
        _broken.Clear();
        try
        {
            ModelSet next = Load();
            if (Names(next).SequenceEqual(Names(served)) && next.Broken.SequenceEqual(served.Broken))
                return null;
            foreach (ServedModel model in next.Models)
                metrics.Swap(model.Name, "ok");
            log.ModelsChanged(string.Join(", ", Names(next)));
            return next;
        }
        catch (Exception failure) when (failure is ServingException or IOException or UnauthorizedAccessException)
        {
            metrics.Swap(ServingMetrics.NoModel, "refused");
            log.PackageBroken(options.ModelsDirectory, failure.Message);
            return null;
        }
    }

    private static IEnumerable<string> Names(ModelSet models) =>
        models.Models.SelectMany(model => model.Versions.Select(version => version.Label).Concat(model.NotLoaded));

    private ServedModel? LoadModel(string directory)
    {
        string name = Path.GetFileName(directory);
        var loaded = new List<ServingModel>();
        var rest = new List<string>();
        foreach (string folder in Folders(directory).OrderByDescending(Path.GetFileName, NaturalVersionOrder.Instance))
        {
            string version = Path.GetFileName(folder);
            if (loaded.Count == options.VersionsPerModel)
                rest.Add(version);
            else if (TryLoad(folder, name, version) is { } model)
                loaded.Add(model);
        }

        return loaded.Count > 0 ? new ServedModel(name, loaded, rest) : null;
    }

    private ServingModel? TryLoad(string folder, string name, string version)
    {
        if (_served?.Find(name)?.Versions.FirstOrDefault(held => held.Version == version) is { } served)
            return served;
        DateTime written = File.GetLastWriteTimeUtc(Path.Combine(folder, PackageManifest.FileName));
        if (_known.TryGetValue(folder, out var known) && known.Written == written)
        {
            _broken.Add(known.Package);
            return null;
        }

        try
        {
            if (!IsName(name) || !IsName(version))
                throw new PackageException($"package {folder}: model and version are named by letters, digits, '.', '_' and '-', at most 128 of them");
            PackageManifest manifest = PackageReader.ReadManifest(folder);
            log.ModelLoading(name, version, manifest.TotalRows, Megabytes(manifest.Tables.Sum(TableMemory.Resident)), Megabytes(TableMemory.Reading(manifest)));
            ModelPackage package = PackageReader.Read(folder);
            EmbeddingTableSet tables = rows.Loader.Load(package.Lineage, package.Tables, new Told(progress =>
                log.TableLoaded(name, version, progress.Name, progress.Done, progress.Tables, progress.Rows, progress.IsShared ? ", shared with a version in memory" : "")));
            ServingModel model = ServingModel.Create(name, version, package, tables, metrics, options);
            log.ModelLoaded(name, version, model.Kind, model.Extractor.Encoders.Count, model.Rows, model.Extractor.Items?.Count ?? 0);
            return model;
        }
        catch (Exception failure) when (failure is PackageException or RowStoreException or InsufficientMemoryException)
        {
            var broken = new BrokenPackage($"{name}/{version}", failure.Message);
            _broken.Add(broken);
            _known[folder] = (written, broken);
            log.PackageBroken(broken.Package, failure.Message);
            return null;
        }
    }

    private static long Megabytes(long bytes) => (bytes + (1 << 20) - 1) >> 20;

    // A name that starts with a dot is a package being written, or the file system's own.
    private static IEnumerable<string> Folders(string directory) =>
        Directory.EnumerateDirectories(directory).Where(path => Path.GetFileName(path)[0] != '.').Order(StringComparer.Ordinal);

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 128 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private sealed class Told(Action<TableLoadProgress> tell) : IProgress<TableLoadProgress>
    {
        public void Report(TableLoadProgress value) => tell(value);
    }
}

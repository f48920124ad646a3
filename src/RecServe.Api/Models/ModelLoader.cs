using Microsoft.Extensions.Logging;
using RecServe.Api.Telemetry;
using RecServe.Artifacts;

namespace RecServe.Api.Models;

/// <summary>
/// Reads a models folder (<c>DIR/name/version/</c>): of every model the newest <see cref="ServingOptions.VersionsPerModel"/> versions. A package
/// that cannot be read is reported and left out; the others are served.
/// </summary>
internal sealed class ModelLoader(ServingOptions options, ServingMetrics metrics, ILogger log)
{
    private readonly List<BrokenPackage> _broken = [];

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

        return new ModelSet(models, _broken, options.DefaultModel);
    }

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
        try
        {
            if (!IsName(name) || !IsName(version))
                throw new PackageException($"package {folder}: model and version are named by letters, digits, '.', '_' and '-', at most 128 of them");
            ServingModel model = ServingModel.Create(name, version, PackageReader.Read(folder), metrics, options);
            log.ModelLoaded(name, version, model.Kind, model.Extractor.Encoders.Count, model.Rows, model.Extractor.Items?.Count ?? 0);
            return model;
        }
        catch (PackageException failure)
        {
            _broken.Add(new BrokenPackage($"{name}/{version}", failure.Message));
            log.PackageBroken($"{name}/{version}", failure.Message);
            return null;
        }
    }

    // A name that starts with a dot is a package being written, or the file system's own.
    private static IEnumerable<string> Folders(string directory) =>
        Directory.EnumerateDirectories(directory).Where(path => Path.GetFileName(path)[0] != '.').Order(StringComparer.Ordinal);

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 128 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}

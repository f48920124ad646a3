using System.Xml.Linq;

namespace RecServe.Repo.Tests;

/// <summary>What a csproj asks for.</summary>
internal sealed class ProjectFile
{
    private readonly XElement _xml;

    private ProjectFile(string path)
    {
        RelativePath = path;
        _xml = XElement.Parse(Repository.Read(path));
    }

    /// <summary>Every project of the repository.</summary>
    public static IReadOnlyList<ProjectFile> All { get; } =
        [.. Repository.Files.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal)).Select(path => new ProjectFile(path))];

    /// <summary>Those of the product.</summary>
    public static IEnumerable<ProjectFile> Product =>
        All.Where(project => project.RelativePath.StartsWith("src/", StringComparison.Ordinal) || project.RelativePath.StartsWith("stream/", StringComparison.Ordinal));

    /// <summary>Path relative to the root.</summary>
    public string RelativePath { get; }

    /// <summary>Name without the product's prefix: <c>Kernels</c>.</summary>
    public string Name => Path.GetFileNameWithoutExtension(RelativePath).Replace("RecServe.", "", StringComparison.Ordinal);

    /// <summary>Names of the projects that it references, in no order.</summary>
    public IReadOnlySet<string> References =>
        Include("ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path).Replace("RecServe.", "", StringComparison.Ordinal)).ToHashSet();

    /// <summary>Package ids.</summary>
    public IReadOnlyList<string> Packages => [.. Include("PackageReference")];

    /// <summary>Shared frameworks beyond the plain runtime.</summary>
    public IReadOnlyList<string> Frameworks => [.. Include("FrameworkReference")];

    /// <summary>Any element or attribute of that name, as text.</summary>
    public IEnumerable<string> Values(string name) =>
        _xml.Descendants(name).Select(element => element.Value).Concat(_xml.Descendants().Attributes(name).Select(attribute => attribute.Value));

    private IEnumerable<string> Include(string element) => _xml.Descendants(element).Select(item => (string)item.Attribute("Include")!);
}

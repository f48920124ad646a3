namespace RecServe.Api.Models;

/// <summary>One model name with the versions in memory.</summary>
/// <param name="Name">Model name.</param>
/// <param name="Versions">Loaded versions, newest first; at least one.</param>
/// <param name="NotLoaded">Older versions in the models folder that are not in memory, newest first.</param>
internal sealed record ServedModel(string Name, IReadOnlyList<ServingModel> Versions, IReadOnlyList<string> NotLoaded)
{
    /// <summary>The version a request gets that names none.</summary>
    public ServingModel Newest => Versions[0];
}

namespace RecServe.Api.Models;

/// <summary>A package folder that is not served.</summary>
/// <param name="Package"><c>name/version</c>.</param>
/// <param name="Reason">What is wrong with it.</param>
internal sealed record BrokenPackage(string Package, string Reason);

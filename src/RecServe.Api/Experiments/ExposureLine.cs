namespace RecServe.Api.Experiments;

/// <summary>One line of the exposure file, in a rented buffer that the writer returns.</summary>
/// <param name="Buffer">Holds the line.</param>
/// <param name="Length">Bytes of the line, its line feed included.</param>
internal readonly record struct ExposureLine(byte[] Buffer, int Length);

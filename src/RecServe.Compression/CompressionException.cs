namespace RecServe.Compression;

/// <summary>A package cannot be compressed as asked; the message says what and why.</summary>
public sealed class CompressionException(string message) : Exception(message);

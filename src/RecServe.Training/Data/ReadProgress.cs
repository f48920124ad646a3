namespace RecServe.Training.Data;

/// <summary>How far reading has come.</summary>
/// <param name="File">The file being read.</param>
/// <param name="BytesRead">Bytes of it read so far (of a compressed file: compressed bytes).</param>
/// <param name="BytesTotal">Its size.</param>
/// <param name="Rows">Samples read so far, over all files.</param>
public readonly record struct ReadProgress(string File, long BytesRead, long BytesTotal, int Rows);

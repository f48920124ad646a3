namespace RecServe.Ranking;

/// <summary>Makes one input of a folded graph from the user's floats.</summary>
/// <param name="user">U floats.</param>
/// <param name="values">The input's memory, row by row.</param>
internal delegate void OnnxRequestMaker(ReadOnlySpan<float> user, Span<float> values);

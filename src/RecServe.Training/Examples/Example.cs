using RecServe.Features;

namespace RecServe.Training.Examples;

/// <summary>One example to write.</summary>
/// <param name="Line">Place of the impression's line among the file's records.</param>
/// <param name="Subject">Whom its features are read for; the category is looked up.</param>
/// <param name="Time">The impression's time: events before it count.</param>
/// <param name="Labels">One bit a label that is 1.</param>
internal readonly record struct Example(int Line, EventSubject Subject, long Time, uint Labels);

namespace RecServe.Api.Rank;

/// <summary>One element of a list given as a feature's value.</summary>
/// <param name="Text">The string, or the number's own text.</param>
/// <param name="IsNumber">Which of the two; models do not care, conditions of experiments do.</param>
internal readonly record struct ListElement(TextSlice Text, bool IsNumber);

namespace RecServe.Compression.Selection;

/// <summary>AUC of a model that kept its most important fields by one method.</summary>
/// <param name="Method">The method.</param>
/// <param name="Kept">Fields kept; the others' means are folded.</param>
/// <param name="Folded">AUC on the holdout samples with nothing trained since.</param>
/// <param name="Finetuned">AUC on them after <see cref="SelectionOptions.Finetune"/>.</param>
public sealed record SelectionPoint(SelectionMethod Method, int Kept, double Folded, double Finetuned);

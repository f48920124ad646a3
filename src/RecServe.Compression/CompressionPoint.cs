using RecServe.Compression.Measures;

namespace RecServe.Compression;

/// <summary>One way of compressing, measured on the tuning samples.</summary>
/// <param name="Method">Name of the method; also <c>fp16</c> and <c>random-tiers</c>, which are there to compare with.</param>
/// <param name="Finetuned">Whether it was trained with quantized rows.</param>
/// <param name="Fields">Fields that have rows.</param>
/// <param name="Bytes">Bytes of the encoded rows.</param>
/// <param name="Ratio">Their share of the source's.</param>
/// <param name="Auc">AUC on the tuning samples.</param>
/// <param name="LogLoss">Logloss on them.</param>
/// <param name="Drop">Fall of their AUC from the source's, with its standard error.</param>
public sealed record CompressionPoint(string Method, bool Finetuned, int Fields, long Bytes, double Ratio, double Auc, double LogLoss, PairedAuc Drop);
